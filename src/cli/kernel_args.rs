use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::notebook::KERNEL_NAME;

/// The commands about the Jupyter kernel.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum KernelCommand {
    /// Install the kernel, with the options of this command
    Install(KernelPlace),
    /// Remove the installed kernel
    Uninstall(KernelPlace),
    /// Check that the kernel is installed, and that it starts and answers
    Doctor(KernelPlace),
    /// Run the kernel; Jupyter does this
    Run {
        /// The file in which Jupyter says where the kernel has to listen
        #[arg(long, short = 'f', value_name = "FILE")]
        connection_file: PathBuf,
    },
}

/// Where a kernel is installed.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct KernelPlace {
    /// For the current user; this is the default
    #[arg(long, conflicts_with = "prefix")]
    pub user: bool,

    /// For the Jupyter that is installed in this folder, such as a Python environment
    #[arg(long, value_name = "DIR")]
    pub prefix: Option<PathBuf>,

    /// The name of the kernel, to install several with different options
    #[arg(long, value_name = "NAME", default_value = KERNEL_NAME)]
    pub name: String,
}
