use bson::{Document, doc};
use mongodb::Client;
use mongodb::options::ClientOptions;
use tokio::runtime::{Builder, Runtime};

/// A blocking client of one server.
pub struct Database {
    client: Client,
    runtime: Runtime,
}

impl Database {
    pub fn at(uri: &str) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let client = runtime.block_on(async {
            let mut options = ClientOptions::parse(uri).await.unwrap();
            options.server_selection_timeout = Some(std::time::Duration::from_secs(5));
            Client::with_options(options).unwrap()
        });
        Self { client, runtime }
    }

    pub fn run(&self, database: &str, command: Document) -> mongodb::error::Result<Document> {
        self.runtime
            .block_on(async { self.client.database(database).run_command(command).await })
    }

    /// Inserts `{ _id: id }`, acknowledged by a majority.
    pub fn insert(&self, id: i32) -> mongodb::error::Result<Document> {
        let insert = doc! { "insert": "notes", "documents": [{ "_id": id }], "writeConcern": { "w": "majority" } };
        self.run("test", insert)
    }

    pub fn has(&self, id: i32) -> bool {
        let found = self.run("test", doc! { "count": "notes", "query": { "_id": id } });
        found.is_ok_and(|reply| reply.get_i32("n").unwrap_or(0) == 1)
    }
}
