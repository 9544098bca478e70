package runners_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// elapse lets time pass in a bubble, where that costs none.
func elapse(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // it is the bubble's time
}
