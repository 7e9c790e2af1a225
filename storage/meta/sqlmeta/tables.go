package sqlmeta

import "slices"

// table is a table of the schema.
type table struct {
	name  string
	order string // the columns by which a dump is sorted
	// seeded tells that the schema itself puts rows there.
	seeded bool
}

// tables returns every table that any version of the schema has had, those that
// others refer to before them.
func tables() []table {
	return []table{
		{name: "people", order: "id"},
		{name: "blocks", order: "by, whom"},
		{name: "revocations", order: "kind, subject"},
		{name: "expert_accounts", order: "cluster, human"},
		{name: "answers", order: "key"},
		{name: "calls", order: "id"},
		{name: "texts", order: "id"},
		{name: "signs", order: "call_id, kind"},
		{name: "traces", order: "call_id"},
		{name: "ratings", order: "call_id, by"},
		{name: "reports", order: "id"},
		{name: "recordings", order: "id"},
		{name: "evaluations", order: "id"},
		{name: "key_envelopes", order: "recording_id, part"},
		{name: "objects", order: "key"},
		{name: "erasures", order: "id"},
		{name: "holds", order: "id"},
		{name: "assignments", order: "id"},
		{name: "secrets", order: "name"},
		{name: "chain_entries", order: "chain, seq"},
		{name: "event_head", order: "id", seeded: true},
		{name: "events", order: "seq"},
		{name: "webhooks", order: "id"},
		{name: "webhook_deliveries", order: "webhook_id, number"},
		{name: "object_copies", order: "key"},
		{name: "object_checks", order: "key"},
		{name: "object_locks", order: "store, key"},
		{name: "drills", order: "at"},
	}
}

const (
	// versionTable is where the migrations that were applied are kept.
	versionTable = "goose_db_version"
	// unfinishedTable is there while a restore goes on.
	unfinishedTable = "unfinished_restore"
)

// those returns the tables that are in a database.
func those(have []string) (found []table) {
	for _, t := range tables() {
		if slices.Contains(have, t.name) {
			found = append(found, t)
		}
	}
	return found
}
