//go:build !linux

package cgroup

import "errors"

// entrance says that there are no cgroups here.
func (d Dirs) entrance(Thread) (entrance, error) {
	return nil, errors.New("there are cgroups on Linux only")
}
