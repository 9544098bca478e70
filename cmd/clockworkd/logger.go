package main

import (
	"os"

	"github.com/mattn/go-isatty"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/clockworkd/clockwork/internal/config"
)

// newLogger returns a logger that writes to a file, and the level that it can be set to.
func newLogger(c config.Log, to *os.File) (*zap.Logger, zap.AtomicLevel) {
	encoding := zap.NewProductionEncoderConfig()
	encoding.EncodeTime = zapcore.ISO8601TimeEncoder
	encoding.EncodeDuration = zapcore.StringDurationEncoder
	encoder := zapcore.NewJSONEncoder(encoding)
	if c.Format == "console" || c.Format == "auto" && isatty.IsTerminal(to.Fd()) {
		encoding.EncodeLevel = zapcore.CapitalLevelEncoder
		encoder = zapcore.NewConsoleEncoder(encoding)
	}
	level := zap.NewAtomicLevelAt(zapLevel(c.Level))
	return zap.New(zapcore.NewCore(encoder, zapcore.Lock(to), level)), level
}

func zapLevel(level config.LogLevel) zapcore.Level {
	parsed, err := zapcore.ParseLevel(string(level))
	if err != nil { // the configuration lets only known levels pass
		return zapcore.InfoLevel
	}
	return parsed
}
