"""The tests of `jupyter_kernel_test`, for the installed kernel."""
import contextlib
import sys
import unittest

import jupyter_kernel_test
from jupyter_kernel_test import TIMEOUT


@contextlib.contextmanager
def patience(channel):
    """Waits longer for a message than the tests do, because the machine may be busy."""
    get_msg = channel.get_msg
    channel.get_msg = lambda timeout=None: get_msg(timeout=TIMEOUT)
    yield
    channel.get_msg = get_msg


class Kernel(jupyter_kernel_test.KernelTests):
    kernel_name = "seaworthy"
    language_name = "rhai"
    file_extension = ".rhai"
    code_hello_world = 'print("hello, world")'
    code_stderr = 'debug("test")'
    code_generate_error = "throw 1;"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "#{ town: \"Bonn\" }", "mime": "text/html"},
        {"code": "plot(#{ title: \"Trucks\", bars: #{ a: 1, b: 2 } })", "mime": "image/svg+xml"},
    ]
    code_display_data = [
        {"code": "display(1);", "mime": "text/plain"},
        {"code": "display([#{ a: 1 }]);", "mime": "text/html"},
        {"code": "print(plot(#{ title: \"Trucks\", bars: #{ a: 1 } }));", "mime": "image/svg+xml"},
    ]
    completion_samples = [
        {"text": "db.trucks.find_o", "matches": {"find_one(", "find_one_and_delete(", "find_one_and_replace(", "find_one_and_update("}},
        {"text": "errors::Dupl", "matches": {"DuplicateKey"}},
    ]
    complete_code_samples = ["1", "let x = 1;", "fn f() { 1 }"]
    incomplete_code_samples = ["fn f() {", "[1,", "let x ="]
    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "6 ? *"
    code_inspect_sample = "db.trucks.find_one"

    def execute_helper(self, *args, **options):
        with patience(self.kc.iopub_channel):
            return super().execute_helper(*args, **options)


class Welcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "seaworthy"
    support_iopub_welcome = True


# A test that was left out names its reason on standard error.
unittest.main(verbosity=2, argv=sys.argv[:1])
