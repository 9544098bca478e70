package bundle_test

import "strings"

// invalid documents break one rule or several; each fault is a path and a part of the message.
var invalid = map[string]struct {
	document string
	// beyond says that the schema cannot express the rule.
	beyond bool
	faults [][2]string
}{
	"version missing":  {document: `{"steps": [` + shell + `]}`, faults: [][2]string{{"version", `must be "1"`}}},
	"version empty":    {document: `{"version": "", "steps": [` + shell + `]}`, faults: [][2]string{{"version", `must be "1"`}}},
	"version 2":        {document: `{"version": "2", "steps": [` + shell + `]}`, faults: [][2]string{{"version", `must be "1", is "2"`}}},
	"version a number": {document: `{"version": 1, "steps": [` + shell + `]}`, faults: [][2]string{{"version", `must be a string, is a number; quote it: "1"`}}},
	"no steps":         {document: `{"version": "1"}`, faults: [][2]string{{"steps", "at least one"}}},
	"null steps":       {document: `{"version": "1", "steps": null}`, faults: [][2]string{{"steps", "at least one"}}},
	"empty steps":      {document: `{"version": "1", "steps": []}`, faults: [][2]string{{"steps", "at least one"}}},
	"not an object":    {document: `[1]`, faults: [][2]string{{"$", "must be an object, is a list"}}},
	"order":            {document: `{"version": "1", "order": "random", "steps": [` + shell + `]}`, faults: [][2]string{{"order", `"sequence" or "graph"`}}},

	"unknown field":         {document: `{"version": "1", "extra": 1, "steps": [` + shell + `]}`, faults: [][2]string{{"extra", "unknown field; the fields here are version, artifacts, steps, vars, order"}}},
	"unknown field of step": {document: withStep(`"runner": "x", "cache": {}, "secrets": []`), faults: [][2]string{{"steps[0].runner", "unknown"}, {"steps[0].cache", "unknown"}, {"steps[0].secrets", "unknown"}}},
	"camel case":            {document: withStep(`"continueOnError": true`), faults: [][2]string{{"steps[0].continueOnError", "is continue_on_error meant?"}}},
	"other case":            {document: withStep(`"Timeout": "1s"`), faults: [][2]string{{"steps[0].Timeout", "is timeout meant?"}}},
	"duplicate key":         {document: `{"version": "1", "version": "1", "steps": [` + shell + `]}`, beyond: true, faults: [][2]string{{"version", "given twice"}}},
	"duplicate var":         {document: withVars(`{"A": "1", "B": "2", "A": "3"}`), beyond: true, faults: [][2]string{{"vars.A", "given twice"}}},
	"duplicate env":         {document: withRun(`{"cmd": ["x"], "env": {"A": "1", "A": "1"}}`), beyond: true, faults: [][2]string{{"steps[0].run.env.A", "given twice"}}},

	"null step":                    {document: withSteps(shell + `, null`), faults: [][2]string{{"steps[1]", "must not be null"}}},
	"step a string":                {document: withSteps(`"true"`), faults: [][2]string{{"steps[0]", "must be an object, is a string"}}},
	"step of nothing":              {document: withSteps(`{}`), faults: [][2]string{{"steps[0].purpose", "purpose or a name"}, {"steps[0].run.cmd", "missing"}}},
	"step without name":            {document: withSteps(`{"run": {"cmd": ["true"]}}`), faults: [][2]string{{"steps[0].purpose", "purpose or a name"}}},
	"step by lang without purpose": {document: withSteps(`{"name": "a"}`), faults: [][2]string{{"steps[0].run.cmd", "needs the purpose"}}},
	"nothing to run by lang": {
		document: `{"version": "1", "artifacts": [{"path": "x", "mode": "0644", "purpose": "a", "lang": "html"}, {"path": "y", "purpose": "b", "lang": "sh"}], "steps": [{"purpose": "a"}]}`,
		beyond:   true, faults: [][2]string{{"steps[0].run.cmd", `no artifact of purpose "a" has a runnable lang`}},
	},
	"cmd a string":        {document: withRun(`{"cmd": "true"}`), faults: [][2]string{{"steps[0].run.cmd", "must be a list, is a string"}}},
	"cmd empty":           {document: withRun(`{"cmd": []}`), faults: [][2]string{{"steps[0].run.cmd", "is empty"}}},
	"cmd of an empty one": {document: withRun(`{"cmd": [""]}`), faults: [][2]string{{"steps[0].run.cmd[0]", "must not be empty"}}},
	"cmd with a number":   {document: withRun(`{"cmd": ["sleep", 1]}`), faults: [][2]string{{"steps[0].run.cmd[1]", `must be a string, is a number; quote it: "1"`}}},
	"cmd with a boolean":  {document: withRun(`{"cmd": ["test", true]}`), faults: [][2]string{{"steps[0].run.cmd[1]", `must be a string, is a boolean; quote it: "true"`}}},
	"cmd with a null":     {document: withRun(`{"cmd": ["a", null]}`), faults: [][2]string{{"steps[0].run.cmd[1]", "must not be null"}}},
	"cmd with NUL":        {document: withRun(`{"cmd": ["a\u0000"]}`), faults: [][2]string{{"steps[0].run.cmd[0]", "NUL"}}},
	"run a list":          {document: withRun(`["true"]`), faults: [][2]string{{"steps[0].run", "must be an object, is a list"}}},

	"cwd absolute":      {document: withRun(`{"cmd": ["x"], "cwd": "/tmp"}`), faults: [][2]string{{"steps[0].run.cwd", "relative"}}},
	"cwd outside":       {document: withRun(`{"cmd": ["x"], "cwd": "a/../../b"}`), faults: [][2]string{{"steps[0].run.cwd", `".."`}}},
	"cwd with NUL":      {document: withRun(`{"cmd": ["x"], "cwd": "a\u0000"}`), faults: [][2]string{{"steps[0].run.cwd", "NUL"}}},
	"cwd is a file":     {document: `{"version": "1", "artifacts": [{"path": "a/b"}], "steps": [{"purpose": "a", "run": {"cmd": ["x"], "cwd": "a/b/c"}}]}`, beyond: true, faults: [][2]string{{"steps[0].run.cwd", "artifacts[0] is a file"}}},
	"env names":         {document: withRun(`{"cmd": ["x"], "env": {"": "a", "A=B": "b", "N\u0000": "c"}}`), faults: [][2]string{{`steps[0].run.env[""]`, "name"}, {`steps[0].run.env["A=B"]`, "name"}, {`steps[0].run.env["N\x00"]`, "name"}}},
	"env values":        {document: withRun(`{"cmd": ["x"], "env": {"A": 1, "B": null, "C": "\u0000"}}`), faults: [][2]string{{"steps[0].run.env.A", "quote it"}, {"steps[0].run.env.B", "null"}, {"steps[0].run.env.C", "NUL"}}},
	"name of two lines": {document: withSteps(`{"purpose": "a", "name": "b\n==> c", "run": {"cmd": ["x"]}}`), faults: [][2]string{{"steps[0].name", "control characters"}}},
	"purpose and NUL":   {document: withSteps(`{"purpose": "\u0000", "run": {"cmd": ["x"]}}`), faults: [][2]string{{"steps[0].purpose", "NUL"}}},

	"timeout zero":             {document: withStep(`"timeout": "0s"`), faults: [][2]string{{"steps[0].timeout", "positive"}}},
	"timeout negative":         {document: withStep(`"timeout": "-1s"`), faults: [][2]string{{"steps[0].timeout", "positive"}}},
	"timeout in minutes":       {document: withStep(`"timeout": "5m"`), faults: [][2]string{{"steps[0].timeout", `must be seconds such as "300s" or "1.5s", is "5m"`}}},
	"timeout a number":         {document: withStep(`"timeout": 5`), faults: [][2]string{{"steps[0].timeout", `write "5s"`}}},
	"timeout of an eternity":   {document: withStep(`"timeout": "300000000000s"`), beyond: true, faults: [][2]string{{"steps[0].timeout", "shorter"}}},
	"timeout beyond protojson": {document: withStep(`"timeout": "900000000000s"`), beyond: true, faults: [][2]string{{"steps[0].timeout", "must be seconds"}}},

	"retry without attempts":     {document: withStep(`"retry": {}`), faults: [][2]string{{"steps[0].retry.max_attempts", "1 to 100"}}},
	"retry of no attempts":       {document: withStep(`"retry": {"max_attempts": 0}`), faults: [][2]string{{"steps[0].retry.max_attempts", "1 to 100"}}},
	"retry of many attempts":     {document: withStep(`"retry": {"max_attempts": 101}`), faults: [][2]string{{"steps[0].retry.max_attempts", "1 to 100"}}},
	"retry of half attempts":     {document: withStep(`"retry": {"max_attempts": 1.5}`), faults: [][2]string{{"steps[0].retry.max_attempts", "integer"}}},
	"retry attempts a string":    {document: withStep(`"retry": {"max_attempts": "3"}`), faults: [][2]string{{"steps[0].retry.max_attempts", "must be a number, is a string"}}},
	"retry delays":               {document: withRetry(`"initial_delay": "0s", "max_delay": "-1s"`), faults: [][2]string{{"steps[0].retry.initial_delay", "positive"}, {"steps[0].retry.max_delay", "positive"}}},
	"retry delays the other way": {document: withRetry(`"initial_delay": "10s", "max_delay": "1s"`), beyond: true, faults: [][2]string{{"steps[0].retry.max_delay", "at least initial_delay"}}},
	"retry factors":              {document: withRetry(`"multiplier": 0.5, "jitter": 1.1`), faults: [][2]string{{"steps[0].retry.multiplier", "from 1"}, {"steps[0].retry.jitter", "0 to 1"}}},
	"retry multiplier zero":      {document: withRetry(`"multiplier": 0.0`), faults: [][2]string{{"steps[0].retry.multiplier", "at least 1"}}},
	"retry multiplier infinite":  {document: withRetry(`"multiplier": 1e999`), beyond: true, faults: [][2]string{{"steps[0].retry.multiplier", "fits a double"}}},
	"retry on":                   {document: withRetry(`"on": [0, 256, 1.5, "never", true, null, [], "lost"]`), faults: [][2]string{{"steps[0].retry.on[0]", "exit code"}, {"steps[0].retry.on[1]", "exit code"}, {"steps[0].retry.on[2]", "integer"}, {"steps[0].retry.on[3]", "exit code"}, {"steps[0].retry.on[4]", "exit code"}, {"steps[0].retry.on[5]", "null"}, {"steps[0].retry.on[6]", "is a list"}}},

	"needs nobody":   {document: withNeeds("a:x"), beyond: true, faults: [][2]string{{"steps[0].needs[0]", `none is named "x"`}}},
	"needs itself":   {document: withNeeds("a:a"), beyond: true, faults: [][2]string{{"steps[0].needs[0]", "another step"}}},
	"needs twice":    {document: withNeeds("a", "b:a a"), faults: [][2]string{{"steps[1].needs[1]", "second time"}}},
	"needs nothing":  {document: withStep(`"needs": [""]`), faults: [][2]string{{"steps[0].needs[0]", "must name a step"}}},
	"a cycle":        {document: withNeeds("a:c", "b:a", "c:b"), beyond: true, faults: [][2]string{{"steps[1].needs[0]", `closes a cycle: "a" needs "c" needs "b" needs "a"`}}},
	"two cycles":     {document: withNeeds("a:b", "b:a", "c:d", "d:b c"), beyond: true, faults: [][2]string{{"steps[1].needs[0]", "cycle"}, {"steps[3].needs[1]", `"c" needs "d" needs "c"`}}},
	"names of graph": {document: withNeeds("a", "b:a", "a"), beyond: true, faults: [][2]string{{"steps[2].purpose", `name "a", as steps[0] has`}}},
	"names given":    {document: `{"version": "1", "order": "graph", "steps": [` + shell + `, {"name": "a", "run": {"cmd": ["x"]}}]}`, beyond: true, faults: [][2]string{{"steps[1].name", "a name of its own"}}},

	"outputs": {document: withStep(`"outputs": ["/a", "../b", "", "c/", "d/../e", "f\u0000", 5, "."]`), faults: [][2]string{{"steps[0].outputs[0]", "relative"}, {"steps[0].outputs[1]", `".."`}, {"steps[0].outputs[2]", "empty"}, {"steps[0].outputs[3]", "name a file"}, {"steps[0].outputs[4]", `".."`}, {"steps[0].outputs[5]", "NUL"}, {"steps[0].outputs[6]", "quote"}, {"steps[0].outputs[7]", "name a file"}}},

	"path missing":            {document: withArtifacts(`{"content": "x"}`), faults: [][2]string{{"artifacts[0].path", "missing"}}},
	"path null":               {document: withArtifacts(`{"path": null}`), faults: [][2]string{{"artifacts[0].path", "missing"}}},
	"path empty":              {document: withArtifacts(`{"path": ""}`), faults: [][2]string{{"artifacts[0].path", "missing"}}},
	"path absolute":           {document: withArtifacts(`{"path": "/etc/passwd"}`), faults: [][2]string{{"artifacts[0].path", "relative"}}},
	"path up":                 {document: withArtifacts(`{"path": ".."}, {"path": "a/../b"}, {"path": "../x"}, {"path": "x/.."}`), faults: [][2]string{{"artifacts[0].path", `".."`}, {"artifacts[1].path", `".."`}, {"artifacts[2].path", `".."`}, {"artifacts[3].path", `".."`}}},
	"path of the workspace":   {document: withArtifacts(`{"path": "."}, {"path": "./."}, {"path": "a/"}, {"path": "a/."}`), faults: [][2]string{{"artifacts[0].path", "file"}, {"artifacts[1].path", "file"}, {"artifacts[2].path", "file"}, {"artifacts[3].path", "file"}}},
	"path with NUL":           {document: withArtifacts(`{"path": "a\u0000b"}`), faults: [][2]string{{"artifacts[0].path", "NUL"}}},
	"path too long":           {document: withArtifacts(`{"path": "` + longest + `x"}`), beyond: true, faults: [][2]string{{"artifacts[0].path", "at most 1024"}}},
	"element too long":        {document: withArtifacts(`{"path": "a/` + strings.Repeat("x", 256) + `"}`), faults: [][2]string{{"artifacts[0].path", "at most 255"}}},
	"paths equal":             {document: withArtifacts(`{"path": "a/b"}, {"path": "c"}, {"path": "./a//b"}, {"path": "a/./b"}`), beyond: true, faults: [][2]string{{"artifacts[2].path", `the path of artifacts[0] too ("a/b")`}, {"artifacts[3].path", "artifacts[0]"}}},
	"file as directory":       {document: withArtifacts(`{"path": "a"}, {"path": "a/b/c"}`), beyond: true, faults: [][2]string{{"artifacts[1].path", "lies below artifacts[0], which is a file"}}},
	"directory as file":       {document: withArtifacts(`{"path": "a/b/c"}, {"path": "a"}, {"path": "a.b"}`), beyond: true, faults: [][2]string{{"artifacts[1].path", "must be a directory for artifacts[0]"}}},
	"mode":                    {document: withArtifacts(`{"path": "a", "mode": "0999"}, {"path": "b", "mode": "1777"}, {"path": "c", "mode": "rwx"}, {"path": "d", "mode": "0o755"}, {"path": "e", "mode": "7"}, {"path": "f", "mode": "-644"}`), faults: [][2]string{{"artifacts[0].mode", "octal"}, {"artifacts[1].mode", "octal"}, {"artifacts[2].mode", "octal"}, {"artifacts[3].mode", "octal"}, {"artifacts[4].mode", "octal"}, {"artifacts[5].mode", "octal"}}},
	"mode a number":           {document: withArtifacts(`{"path": "a", "mode": 755}`), faults: [][2]string{{"artifacts[0].mode", `quote it: "755"`}}},
	"content twice":           {document: withArtifacts(`{"path": "a", "content": "x", "content_base64": "eA=="}`), faults: [][2]string{{"artifacts[0].content_base64", "beside content"}}},
	"content not base64":      {document: withArtifacts(`{"path": "a", "content_base64": "no!"}, {"path": "b", "content_base64": "QU\nJD"}`), faults: [][2]string{{"artifacts[0].content_base64", "must be base64"}, {"artifacts[1].content_base64", "one line"}}},
	"content a number":        {document: withArtifacts(`{"path": "a", "content": 5}`), faults: [][2]string{{"artifacts[0].content", "quote it"}}},
	"checksum malformed":      {document: withArtifacts(`{"path": "a", "checksum": "md5:00"}, {"path": "b", "checksum": "sha256:00"}`), faults: [][2]string{{"artifacts[0].checksum", "64 hexadecimal"}, {"artifacts[1].checksum", "64 hexadecimal"}}},
	"checksum of other bytes": {document: withArtifacts(`{"path": "a", "content": "x", "checksum": "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"}`), beyond: true, faults: [][2]string{{"artifacts[0].checksum", "is sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}}},

	"vars a list":         {document: withVars(`["A=b"]`), faults: [][2]string{{"vars", "must be an object, is a list"}}},
	"vars names":          {document: withVars(`{"1A": "", "A-B": "", "": "", "A B": "", "Ä": ""}`), faults: [][2]string{{"vars.1A", "name"}, {"vars.A-B", "name"}, {`vars[""]`, "name"}, {`vars["A B"]`, "name"}, {`vars["Ä"]`, "name"}}},
	"vars numbers":        {document: withVars(`{"A": 1.5, "B": 9007199254740993, "C": 1e400, "D": -9007199254740994, "E": 0.1e0}`), faults: [][2]string{{"vars.A", `quote it: "1.5"`}, {"vars.B", `quote it: "9007199254740993"`}, {"vars.C", "2^53"}, {"vars.D", "2^53"}, {"vars.E", "2^53"}}},
	"vars beyond a float": {document: withVars(`{"A": 1.00000000000000000001}`), faults: [][2]string{{"vars.A", "2^53"}}},
	"vars values":         {document: withVars(`{"A": [], "B": {}, "C": "\u0000"}`), faults: [][2]string{{"vars.A", "is a list"}, {"vars.B", "is an object"}, {"vars.C", "NUL"}}},
}
