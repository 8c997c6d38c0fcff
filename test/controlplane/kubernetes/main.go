// One program for a Kubernetes control plane and its two command lines, so that what they share is built and kept once.
// The part is named by the name the program is called by, else by its first argument.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/etcd/server/v3/etcdmain"
	helm "helm.sh/helm/v4/pkg/cmd"
	helmkube "helm.sh/helm/v4/pkg/kube"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

var parts = map[string]func() int{
	"etcd":                    func() int { etcdmain.Main(os.Args); return 0 },
	"kube-apiserver":          func() int { return cli.Run(apiserver.NewAPIServerCommand()) },
	"kube-controller-manager": func() int { return cli.Run(controllers.NewControllerManagerCommand()) },
	"kubectl":                 func() int { return cli.Run(kubectl.NewDefaultKubectlCommand()) },
	"helm":                    runHelm,
}

func main() {
	part := filepath.Base(os.Args[0])
	if parts[part] == nil && len(os.Args) > 1 {
		part = os.Args[1]
		os.Args = os.Args[1:]
	}
	run := parts[part]
	if run == nil {
		fmt.Fprintln(os.Stderr, "usage: kubernetes etcd|kube-apiserver|kube-controller-manager|kubectl|helm [arguments]")
		os.Exit(2)
	}
	os.Exit(run())
}

func runHelm() int {
	helmkube.ManagedFieldsManager = "helm" // else it would be named for this program
	root, err := helm.NewRootCmd(os.Stdout, os.Args[1:], helm.SetupLogging)
	if err == nil {
		err = root.Execute()
	}
	if err == nil {
		return 0
	}
	if known := (helm.CommandError{}); errors.As(err, &known) {
		return known.ExitCode
	}
	return 1
}
