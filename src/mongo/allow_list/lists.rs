/// What a command does. This decides which checks follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It does not change data.
    Reads,
    /// It changes the collection in the command, or the database.
    Changes,
    /// It changes users or roles.
    Users,
}

/// A command that scripts of others may send, and its fields.
#[derive(Clone, Copy, Debug)]
pub struct AllowedCommand {
    pub name: &'static str,
    pub effect: Effect,
    /// The allowed fields, in addition to its name and [`EVERYWHERE`].
    pub fields: &'static [&'static str],
    pub why: &'static str,
}

/// A name and the reason why it is allowed or refused.
#[derive(Clone, Copy, Debug)]
pub struct AllowedEntry {
    pub name: &'static str,
    pub why: &'static str,
}

const fn reads(
    name: &'static str,
    fields: &'static [&'static str],
    why: &'static str,
) -> AllowedCommand {
    AllowedCommand {
        name,
        effect: Effect::Reads,
        fields,
        why,
    }
}

const fn changes(
    name: &'static str,
    fields: &'static [&'static str],
    why: &'static str,
) -> AllowedCommand {
    AllowedCommand {
        name,
        effect: Effect::Changes,
        fields,
        why,
    }
}

const fn users(
    name: &'static str,
    fields: &'static [&'static str],
    why: &'static str,
) -> AllowedCommand {
    AllowedCommand {
        name,
        effect: Effect::Users,
        fields,
        why,
    }
}

const fn entry(name: &'static str, why: &'static str) -> AllowedEntry {
    AllowedEntry { name, why }
}

/// Fields of any command.
pub const EVERYWHERE: &[&str] = &[
    "$clusterTime",
    "$readPreference",
    "apiDeprecationErrors",
    "apiStrict",
    "apiVersion",
    "autocommit",
    "comment",
    "lsid",
    "maxTimeMS",
    "readConcern",
    "startTransaction",
    "txnNumber",
    "writeConcern",
];

/// The commands.
pub const COMMANDS: &[AllowedCommand] = &[
    reads("ping", &[], "does nothing"),
    reads("hello", &["helloOk"], "how drivers find the primary"),
    reads("isMaster", &["helloOk"], "the old name of `hello`"),
    reads("buildInfo", &[], "the server's version"),
    reads("connectionStatus", &["showPrivileges"], "who is logged in"),
    reads(
        "serverStatus",
        &[
            "repl",
            "metrics",
            "locks",
            "connections",
            "opcounters",
            "mem",
            "wiredTiger",
        ],
        "counters, for lessons on pools",
    ),
    reads("dbStats", &["scale", "freeStorage"], "sizes"),
    reads("collStats", &["scale"], "sizes"),
    reads(
        "dataSize",
        &["keyPattern", "min", "max", "estimate"],
        "sizes",
    ),
    reads(
        "listDatabases",
        &["filter", "nameOnly", "authorizedDatabases"],
        "names",
    ),
    reads(
        "listCollections",
        &["filter", "nameOnly", "authorizedCollections", "cursor"],
        "names",
    ),
    reads("listIndexes", &["cursor"], "names"),
    reads("listCommands", &[], "names"),
    reads(
        "count",
        &["query", "limit", "skip", "hint", "collation"],
        "a query",
    ),
    reads(
        "distinct",
        &["key", "query", "collation", "hint"],
        "a query",
    ),
    reads(
        "find",
        &[
            "filter",
            "sort",
            "projection",
            "hint",
            "skip",
            "limit",
            "batchSize",
            "singleBatch",
            "max",
            "min",
            "returnKey",
            "showRecordId",
            "tailable",
            "awaitData",
            "noCursorTimeout",
            "allowPartialResults",
            "collation",
            "allowDiskUse",
            "let",
        ],
        "a query",
    ),
    reads(
        "aggregate",
        &[
            "pipeline",
            "cursor",
            "explain",
            "allowDiskUse",
            "bypassDocumentValidation",
            "collation",
            "hint",
            "let",
        ],
        "a pipeline, whose stages have a list of their own",
    ),
    reads(
        "explain",
        &["verbosity"],
        "how a command on this list would run",
    ),
    reads(
        "getMore",
        &["collection", "batchSize"],
        "goes on with a query",
    ),
    reads("killCursors", &["cursors"], "ends a query"),
    reads(
        "validate",
        &["full", "checkBSONConformance"],
        "checks a collection",
    ),
    reads("top", &[], "counters"),
    reads(
        "currentOp",
        &[
            "$all",
            "$ownOps",
            "active",
            "op",
            "ns",
            "secs_running",
            "waitingForLock",
            "appName",
        ],
        "what the server works on",
    ),
    reads("killOp", &["op"], "ends an operation of this server"),
    reads("killSessions", &[], "ends operations of this server"),
    reads("startSession", &[], "sessions"),
    reads("endSessions", &[], "sessions"),
    reads("refreshSessions", &[], "sessions"),
    reads("commitTransaction", &["recoveryToken"], "transactions"),
    reads("abortTransaction", &["recoveryToken"], "transactions"),
    reads("replSetGetStatus", &[], "the states of the members"),
    reads("replSetGetConfig", &[], "the configuration of the set"),
    reads(
        "profile",
        &["slowms", "sampleRate", "filter"],
        "notes slow operations in the database",
    ),
    reads(
        "usersInfo",
        &["showPrivileges", "filter"],
        "users, without their passwords",
    ),
    reads(
        "rolesInfo",
        &["showPrivileges", "showBuiltinRoles"],
        "roles",
    ),
    changes(
        "insert",
        &["documents", "ordered", "bypassDocumentValidation"],
        "documents",
    ),
    changes(
        "update",
        &["updates", "ordered", "bypassDocumentValidation", "let"],
        "documents",
    ),
    changes("delete", &["deletes", "ordered", "let"], "documents"),
    changes(
        "findAndModify",
        &[
            "query",
            "sort",
            "remove",
            "update",
            "new",
            "fields",
            "upsert",
            "bypassDocumentValidation",
            "collation",
            "arrayFilters",
            "hint",
            "let",
        ],
        "documents",
    ),
    changes("create", CREATE, "a collection or a view"),
    changes(
        "collMod",
        &[
            "index",
            "validator",
            "validationLevel",
            "validationAction",
            "viewOn",
            "pipeline",
            "changeStreamPreAndPostImages",
            "expireAfterSeconds",
            "timeseries",
            "cappedSize",
            "cappedMax",
        ],
        "the options of a collection",
    ),
    changes("convertToCapped", &["size"], "the options of a collection"),
    changes(
        "createIndexes",
        &["indexes", "commitQuorum"],
        "indexes, whose options have a list of their own",
    ),
    changes("dropIndexes", &["index"], "indexes"),
    changes("drop", &[], "a collection"),
    changes("dropDatabase", &[], "a database"),
    changes(
        "renameCollection",
        &["to", "dropTarget"],
        "the name of a collection",
    ),
    users(
        "createUser",
        &[
            "pwd",
            "roles",
            "customData",
            "mechanisms",
            "digestPassword",
            "authenticationRestrictions",
        ],
        "lessons on privileges",
    ),
    users(
        "updateUser",
        &[
            "pwd",
            "roles",
            "customData",
            "mechanisms",
            "digestPassword",
            "authenticationRestrictions",
        ],
        "lessons on privileges",
    ),
    users("dropUser", &[], "lessons on privileges"),
    users("dropAllUsersFromDatabase", &[], "lessons on privileges"),
    users("grantRolesToUser", &["roles"], "lessons on privileges"),
    users("revokeRolesFromUser", &["roles"], "lessons on privileges"),
    users(
        "createRole",
        &["privileges", "roles", "authenticationRestrictions"],
        "lessons on privileges",
    ),
    users(
        "updateRole",
        &["privileges", "roles", "authenticationRestrictions"],
        "lessons on privileges",
    ),
    users("dropRole", &[], "lessons on privileges"),
    users("dropAllRolesFromDatabase", &[], "lessons on privileges"),
    users(
        "grantPrivilegesToRole",
        &["privileges"],
        "lessons on privileges",
    ),
    users(
        "revokePrivilegesFromRole",
        &["privileges"],
        "lessons on privileges",
    ),
    users("grantRolesToRole", &["roles"], "lessons on privileges"),
    users("revokeRolesFromRole", &["roles"], "lessons on privileges"),
];

/// The options of `create`.
pub const CREATE: &[&str] = &[
    "capped",
    "changeStreamPreAndPostImages",
    "clusteredIndex",
    "collation",
    "expireAfterSeconds",
    "max",
    "pipeline",
    "size",
    "timeseries",
    "validationAction",
    "validationLevel",
    "validator",
    "viewOn",
];

/// The options of an index.
pub const INDEX: &[&str] = &[
    "2dsphereIndexVersion",
    "background",
    "bits",
    "collation",
    "default_language",
    "expireAfterSeconds",
    "hidden",
    "key",
    "language_override",
    "max",
    "min",
    "name",
    "partialFilterExpression",
    "prepareUnique",
    "sparse",
    "textIndexVersion",
    "unique",
    "v",
    "weights",
    "wildcardProjection",
];

/// The stages of pipelines.
pub const STAGES: &[AllowedEntry] = &[
    entry("$addFields", "changes the documents in the pipeline"),
    entry("$bucket", "groups documents"),
    entry("$bucketAuto", "groups documents"),
    entry("$changeStream", "events of this server"),
    entry("$changeStreamSplitLargeEvent", "events of this server"),
    entry("$collStats", "sizes"),
    entry("$count", "counts documents"),
    entry("$currentOp", "what the server works on"),
    entry("$densify", "adds documents in the pipeline"),
    entry("$documents", "documents that the script writes"),
    entry("$facet", "pipelines that are checked as well"),
    entry("$fill", "changes the documents in the pipeline"),
    entry("$geoNear", "a query"),
    entry("$graphLookup", "reads a collection of this database"),
    entry("$group", "groups documents"),
    entry("$indexStats", "counters"),
    entry("$limit", "leaves documents out"),
    entry("$listLocalSessions", "sessions of this server"),
    entry("$listSessions", "sessions of this server"),
    entry(
        "$lookup",
        "reads a collection of this database; its pipeline is checked as well",
    ),
    entry("$match", "a query"),
    entry(
        "$merge",
        "writes to a collection, which is checked as for any write",
    ),
    entry(
        "$out",
        "writes to a collection, which is checked as for any write",
    ),
    entry("$planCacheStats", "counters"),
    entry("$project", "changes the documents in the pipeline"),
    entry("$redact", "leaves documents out"),
    entry("$replaceRoot", "changes the documents in the pipeline"),
    entry("$replaceWith", "changes the documents in the pipeline"),
    entry("$sample", "leaves documents out"),
    entry("$set", "changes the documents in the pipeline"),
    entry("$setWindowFields", "changes the documents in the pipeline"),
    entry("$skip", "leaves documents out"),
    entry("$sort", "orders documents"),
    entry("$sortByCount", "groups documents"),
    entry(
        "$unionWith",
        "reads a collection of this database; its pipeline is checked as well",
    ),
    entry("$unset", "changes the documents in the pipeline"),
    entry("$unwind", "changes the documents in the pipeline"),
];

/// Operators and stages that are refused everywhere, also in filters, updates and expressions.
pub const FORBIDDEN_OPERATORS: &[AllowedEntry] = &[
    entry("$where", "it runs JavaScript in the server"),
    entry("$function", "it runs JavaScript in the server"),
    entry("$accumulator", "it runs JavaScript in the server"),
    entry("$mergeCursors", "it makes the server read from other hosts"),
];

/// Databases with the server's own settings and history.
pub const CLOSED_DATABASES: &[AllowedEntry] = &[
    entry("local", "it holds the configuration of the replica set"),
    entry("config", "it holds the server's own settings"),
];

/// The user of the scripts, in the database `admin`.
pub const OWN_USER: &str = "seaworthy";

/// The role of that user on the server of a confined script.
pub const OWN_ROLE: &str = "scriptsOfOthers";

/// Built-in roles that scripts may grant. For the script's own roles, the privileges are checked.
pub const ROLES: &[AllowedEntry] = &[
    entry("read", "reads one database"),
    entry("readWrite", "reads and writes one database"),
    entry("dbAdmin", "collections and indexes of one database"),
    entry("dbOwner", "one database, which is not `admin`"),
    entry("userAdmin", "users of one database, which is not `admin`"),
    entry("readAnyDatabase", "reads"),
    entry(
        "readWriteAnyDatabase",
        "reads and writes, but not `local` and `config`",
    ),
    entry(
        "dbAdminAnyDatabase",
        "collections and indexes, but not of `local` and `config`",
    ),
    entry("clusterMonitor", "counters"),
];

/// Built-in roles with more rights than a script has.
pub const REFUSED_ROLES: &[AllowedEntry] = &[
    entry("root", "it may do everything"),
    entry("__system", "it is the server's own"),
    entry("__queryableBackup", "it is the server's own"),
    entry("backup", "it reads the server's own settings"),
    entry("restore", "it writes the server's own settings"),
    entry("clusterAdmin", "it changes the replica set"),
    entry("clusterManager", "it changes the replica set"),
    entry("hostManager", "it changes the server"),
    entry("enableSharding", "it changes the cluster"),
    entry("userAdminAnyDatabase", "it may give every role"),
    entry("directShardOperations", "it changes the cluster"),
];

/// Actions that are allowed in privileges.
pub const ACTIONS: &[&str] = &[
    "bypassDocumentValidation",
    "changeStream",
    "changeOwnPassword",
    "collMod",
    "collStats",
    "compact",
    "convertToCapped",
    "createCollection",
    "createIndex",
    "dbHash",
    "dbStats",
    "dropCollection",
    "dropDatabase",
    "dropIndex",
    "enableProfiler",
    "find",
    "indexStats",
    "inprog",
    "insert",
    "killCursors",
    "killop",
    "listCollections",
    "listDatabases",
    "listIndexes",
    "planCacheRead",
    "remove",
    "renameCollectionSameDB",
    "replSetGetConfig",
    "replSetGetStatus",
    "serverStatus",
    "top",
    "update",
    "validate",
    "viewRole",
    "viewUser",
];

/// Why well-known commands and fields are not on the lists.
pub const REASONS: &[AllowedEntry] = &[
    entry(
        "configureFailPoint",
        "faults are made with `client.fail_point`, which turns them off again",
    ),
    entry(
        "httpClientRequest",
        "it makes the server send requests to other hosts",
    ),
    entry(
        "setFreeMonitoring",
        "it makes the server send data to other hosts",
    ),
    entry(
        "shutdown",
        "members are stopped with `stop()` and `kill()` of a replica set",
    ),
    entry(
        "replSetReconfig",
        "it makes the server connect to other hosts",
    ),
    entry(
        "replSetInitiate",
        "it makes the server connect to other hosts",
    ),
    entry(
        "replSetStepDown",
        "a primary steps down with `step_down()` of a replica set",
    ),
    entry("applyOps", "it carries commands that are not looked at"),
    entry("setParameter", "it changes the server itself"),
    entry("fsync", "it can stop all writes of the server"),
    entry("$db", "the driver names the database"),
    entry("mapReduce", "it runs JavaScript in the server"),
    entry("eval", "it runs JavaScript in the server"),
    entry("getLog", "the log names files of this machine"),
    entry("getCmdLineOpts", "it names files of this machine"),
    entry("hostInfo", "it describes this machine"),
    entry(
        "storageEngine",
        "the storage engine takes names of files there",
    ),
    entry(
        "indexOptionDefaults",
        "the storage engine takes names of files there",
    ),
    entry(
        "encryptedFields",
        "it makes collections of the server's own",
    ),
];

/// Why everything else is not on the lists.
pub const NOT_KNOWN: &str = "it is not on the list of what is known to be safe";
