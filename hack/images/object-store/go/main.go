// Command minio stands in for MinIO's server where no container registry is reached: Versity's S3 gateway over a folder, with the
// command line, variables and health check of MinIO that Luna uses. `minio server FOLDER [--address HOST:PORT]`
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 || os.Args[1] != "server" {
		log.Fatal("usage: minio server FOLDER [--address HOST:PORT]")
	}
	folder := os.Args[2]
	options := flag.NewFlagSet("server", flag.ExitOnError)
	address := options.String("address", ":9000", "where to listen")
	_ = options.Parse(os.Args[3:])

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := serve(ctx, folder, *address); err != nil {
		log.Fatal(err)
	}
}

func serve(ctx context.Context, folder, address string) error {
	// What S3 knows of an object lies in extended attributes of its file, so that both are there or neither.
	attributes := meta.XattrMeta{}
	if err := attributes.Test(folder); err != nil {
		return err
	}
	files, err := posix.New(folder, attributes, posix.PosixOpts{Concurrency: 64})
	if err != nil {
		return err
	}
	return embedgw.RunVersityGW(ctx, files, &embedgw.Config{
		RootUserAccess:      os.Getenv("MINIO_ROOT_USER"),
		RootUserSecret:      os.Getenv("MINIO_ROOT_PASSWORD"),
		Region:              "us-east-1",
		Ports:               []string{address},
		MaxConnections:      1024,
		MaxRequests:         512,
		MultipartMaxParts:   10000,
		AdminMaxConnections: 1,
		AdminMaxRequests:    1,
		HealthPath:          "/minio/health/live",
		KeepAlive:           true,
		Quiet:               true,
	})
}
