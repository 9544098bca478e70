package main

import (
	"testing"

	"github.com/clockworkd/clockwork/test/commanddocs"
)

func TestCommandDocs(t *testing.T) { commanddocs.Check(t, newCommand()) }
