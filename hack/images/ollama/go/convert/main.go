// Command convert turns a Hugging Face model folder (config.json, tokenizer, *.safetensors) into one GGUF file
// with Ollama's own converter, so that the model image needs no Python machine-learning stack.
package main

import (
	"fmt"
	"os"

	"github.com/ollama/ollama/convert"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: convert MODEL_FOLDER OUTPUT.gguf")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "convert:", err)
		os.Exit(1)
	}
}

func run(folder, output string) error {
	file, err := os.Create(output)
	if err != nil {
		return err
	}
	if err := convert.ConvertModel(os.DirFS(folder), file); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}
