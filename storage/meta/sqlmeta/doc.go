// Package sqlmeta is the metadata store in SQL, for every database that the
// packages beside it open: one text for each query, and an [Engine] for what a
// database does in its own way. It imports no driver.
//
// The rules that keep one text enough:
//
//   - Values stand in statements as $1, $2 and so on.
//   - Times are integers, microseconds since 1970 in UTC. JSON is text, since
//     what is hashed must come back byte for byte. Texts sort by their bytes,
//     which PostgreSQL is told for each column (COLLATE "C").
//   - Every table and column has the same name in both schemas. Migrations of
//     the same number make the same change.
//   - What a transaction has read stays true until it ends, as if it ran alone.
//     Where a database ensures that by ending one of two transactions, it is
//     begun anew here; nobody above hears of it.
package sqlmeta
