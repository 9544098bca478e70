// Command static is the one program of an image without anything else: it prints its arguments.
package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	if _, err := fmt.Fprintln(os.Stdout, strings.Join(os.Args[1:], " ")); err != nil {
		panic(err)
	}
}
