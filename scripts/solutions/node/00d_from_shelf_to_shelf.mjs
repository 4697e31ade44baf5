export async function move_stock(client, shelves, from, to, pieces) {
  await client.withSession((session) =>
    session.withTransaction(async () => {
      const taken = await shelves.updateOne(
        { _id: from }, { $inc: { pieces: -pieces } }, { session },
      );
      const given = await shelves.updateOne(
        { _id: to }, { $inc: { pieces: pieces } }, { session },
      );
      if (taken.matchedCount + given.matchedCount < 2) {
        throw new Error("a shelf does not exist");
      }
    }),
  );
}
