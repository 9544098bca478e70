package render

import (
	"fmt"
	"io/fs"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

type outputsDocument struct {
	ExecutionID string         `json:"execution_id"`
	OutputFiles []keptDocument `json:"output_files"`
}

// keptDocument is a kept file and the step it was kept of. Saved is the local path it was written to, null if it was not.
type keptDocument struct {
	StepIndex uint32  `json:"step_index"`
	Name      string  `json:"name"`
	Path      string  `json:"path"`
	Mode      uint32  `json:"mode"`
	Size      uint64  `json:"size"`
	Digest    string  `json:"digest"`
	Saved     *string `json:"saved"`
}

// OutputFiles shows the files kept of the steps' outputs. Saved tells where a file was written to; nil: nowhere.
func OutputFiles(execution *clockworkv1.Execution, saved func(stepIndex uint32, path string) *string) View {
	documents := []keptDocument{}
	for _, result := range inOrder(execution.GetStepResults()) {
		for _, file := range result.GetOutputFiles() {
			documents = append(documents, keptDocument{
				StepIndex: result.GetStepIndex(), Name: result.GetName(),
				Path: file.GetPath(), Mode: file.GetMode(), Size: file.GetSize(), Digest: file.GetDigest(),
				Saved: saved(result.GetStepIndex(), file.GetPath()),
			})
		}
	}
	return View{
		Document: outputsDocument{execution.GetId(), documents},
		Lines:    anys(documents),
		Text: func(page *Page) {
			if len(documents) == 0 {
				page.Line("no files were kept; a step names them in its outputs")
				return
			}
			page.Table([]string{"STEP", "MODE", "SIZE", "PATH"}, each(documents, outputRow))
		},
	}
}

func outputRow(file keptDocument) []string {
	path := file.Path
	if file.Saved != nil {
		path = *file.Saved
	}
	return []string{file.Name, fs.FileMode(file.Mode).Perm().String(), fmt.Sprint(file.Size), path}
}
