package journal

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// headerRecord is a Header as it is stored: in JSON, so that a field more or less is no new schema.
type headerRecord struct {
	Header
	// Summary takes the place of the Header's, marshalled.
	Summary []byte
}

func encodeHeader(header Header) ([]byte, error) {
	record := headerRecord{Header: header}
	if header.Summary != nil {
		summary, err := proto.Marshal(header.Summary)
		if err != nil {
			return nil, fmt.Errorf("cannot encode the summary of an execution: %w", err)
		}
		record.Summary = summary
	}
	return json.Marshal(record)
}

func decodeHeader(data []byte) (Header, error) {
	var record headerRecord
	if err := json.Unmarshal(data, &record); err != nil {
		return Header{}, fmt.Errorf("cannot decode the state of an execution: %w", err)
	}
	header := record.Header
	if record.Summary != nil {
		header.Summary = new(clockworkv1.ExecutionSummary)
		if err := proto.Unmarshal(record.Summary, header.Summary); err != nil {
			return Header{}, fmt.Errorf("cannot decode the summary of an execution: %w", err)
		}
	}
	return header, nil
}

// toNanos is how the database holds a time; the zero time is NULL.
func toNanos(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixNano(), Valid: !t.IsZero()}
}

func fromNanos(nanos sql.NullInt64) time.Time {
	if !nanos.Valid {
		return time.Time{}
	}
	return time.Unix(0, nanos.Int64).UTC()
}
