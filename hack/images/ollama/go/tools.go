//go:build tools

// Package tools pins what the image build compiles or copies: the Ollama command itself, and malgo, whose
// archive carries miniaudio.h (Go module archives leave out the vendor folder in which Ollama keeps its copy).
package tools

import (
	_ "github.com/gen2brain/malgo"
	_ "github.com/ollama/ollama"
)
