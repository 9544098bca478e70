package main

import (
	"os"
	"regexp"
	"testing"
)

// The first YAML block of a runner's documentation is a configuration that works as it stands.
func TestDocumentedRunners(t *testing.T) {
	t.Parallel()
	block := regexp.MustCompile("(?s)```yaml\n(.*?)```")
	for _, page := range []string{"../../docs/ssh.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		example := block.FindSubmatch(text)
		if example == nil {
			t.Fatalf("%s shows no configuration", page)
		}
		if c := loadText(t, example[1]); len(c.Runners) != 1 {
			t.Errorf("%s configures %d runners", page, len(c.Runners))
		}
	}
}
