package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

var artifactsPath = root.field("artifacts")

func (n *normaliser) artifacts(messages []*clockworkv1.Artifact) []Artifact {
	if n.tooMany(artifactsPath, len(messages), n.limits.Artifacts, "artifacts") {
		return nil
	}
	artifacts := make([]Artifact, len(messages))
	for i, message := range messages {
		artifacts[i] = n.artifact(message, artifactsPath.at(i))
	}
	n.artifactsInDoubt = n.artifactsInDoubt || n.document.isBroken(artifactsPath)
	for _, c := range collisions(artifacts) {
		n.fault(artifactsPath.at(c.later).field("path"), "%s", c.describe(artifacts))
	}
	return artifacts
}

func (n *normaliser) artifact(message *clockworkv1.Artifact, at jsonPath) Artifact {
	a := Artifact{
		Mode:    n.mode(message.GetMode(), at.field("mode")),
		Purpose: n.label(message.GetPurpose(), at.field("purpose")),
		Lang:    n.label(message.GetLang(), at.field("lang")),
		Content: n.content(message, at),
	}
	if name := message.GetPath(); name == "" {
		n.missing(at, "path", kindString, "is missing; must be the file's place in the workspace")
	} else {
		a.Path = n.file(name, at.field("path"))
	}
	n.checksum(message.GetChecksum(), a.Content, at)
	if n.document.maybeMisnamed(at, kindString) || slices.ContainsFunc([]string{"purpose", "lang", "mode"}, func(field string) bool {
		return n.document.isBroken(at.field(field))
	}) {
		n.artifactsInDoubt = true
	}
	return a
}

var modeText = regexp.MustCompile(`^0?[0-7]{3}$`)

func (n *normaliser) mode(text string, at jsonPath) fs.FileMode {
	const usual = 0o644
	if text == "" {
		return usual
	}
	if !modeText.MatchString(text) {
		n.artifactsInDoubt = true
		n.fault(at, `must be octal, "0000" to "0777", is %s`, quoted(text))
		return usual
	}
	mode, _ := strconv.ParseUint(text, 8, 32) // the pattern leaves nothing that could fail
	return fs.FileMode(mode)
}

func (n *normaliser) content(message *clockworkv1.Artifact, at jsonPath) []byte {
	text, binary := message.GetContent(), message.GetContentBase64()
	if text != "" && len(binary) > 0 {
		n.fault(at.field("content_base64"), "must not be given beside content; keep one of them")
	}
	path, content := at.field("content"), []byte(text)
	if text == "" {
		path, content = at.field("content_base64"), binary
	}
	if len(content) > n.limits.Artifact {
		n.fault(path, "has %d bytes; an artifact has at most %d", len(content), n.limits.Artifact)
	}
	return content
}

var checksumText = regexp.MustCompile(`^sha256:[0-9a-fA-F]{64}$`)

func (n *normaliser) checksum(text string, content []byte, artifact jsonPath) {
	at := artifact.field("checksum")
	if text == "" || n.document.isBroken(artifact.field("content")) || n.document.isBroken(artifact.field("content_base64")) {
		return
	}
	if !checksumText.MatchString(text) {
		n.fault(at, `must be "sha256:" and 64 hexadecimal digits, is %s`, quoted(text))
		return
	}
	sum := sha256.Sum256(content)
	if is := "sha256:" + hex.EncodeToString(sum[:]); !strings.EqualFold(is, text) {
		n.fault(at, "does not fit the content, whose checksum is %s", is)
	}
}
