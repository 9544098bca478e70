package render

import "runtime"

type versionDocument struct {
	Version   string `json:"version"`
	GoVersion string `json:"go_version"`
	Platform  string `json:"platform"`
}

// Version shows which clockworkctl this is.
func Version(version string) View {
	document := versionDocument{Version: version, GoVersion: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	return View{
		Document: document,
		Text: func(page *Page) {
			page.Line("clockworkctl %s (%s, %s)", document.Version, document.GoVersion, document.Platform)
		},
	}
}
