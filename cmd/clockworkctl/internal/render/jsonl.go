package render

import (
	"encoding/json"
	"io"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// jsonlRenderer prints a document a line, each when its event comes.
type jsonlRenderer struct {
	out io.Writer
}

func (r *jsonlRenderer) Event(event *clockworkv1.Event) error {
	return r.print(eventDocument(event))
}

func (r *jsonlRenderer) Ended() error {
	return nil
}

func (r *jsonlRenderer) Show(view View) error {
	if view.Lines == nil {
		return r.print(view.Document)
	}
	for _, line := range view.Lines {
		if err := r.print(line); err != nil {
			return err
		}
	}
	return nil
}

func (r *jsonlRenderer) Fail(failure Failure) error {
	return r.print(failure.document())
}

func (r *jsonlRenderer) print(document any) error {
	encoder := json.NewEncoder(r.out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(document)
}
