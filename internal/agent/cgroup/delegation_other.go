//go:build !linux

package cgroup

func isMarkedDelegated(string) bool { return false }
