//go:build !linux

package serve

func dropCode() {}
