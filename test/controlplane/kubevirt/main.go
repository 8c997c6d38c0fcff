// KubeVirt's own admission (virt-api), its controller (virt-controller) and the manifests they need, as one program:
// the part is named by the name the program is called by, else by its first argument.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	klog "kubevirt.io/client-go/log"
	"kubevirt.io/kubevirt/pkg/service"
	virtapi "kubevirt.io/kubevirt/pkg/virt-api"
	"kubevirt.io/kubevirt/pkg/virt-controller/watch"
	"kubevirt.io/kubevirt/pkg/virt-operator/resource/generate/components"
	"kubevirt.io/kubevirt/pkg/virt-operator/resource/generate/rbac"
)

var parts = map[string]func(){
	"virt-api":        runAPI,
	"virt-controller": watch.Execute,
	"manifests":       printManifests,
}

func main() {
	part := filepath.Base(os.Args[0])
	if parts[part] == nil && len(os.Args) > 1 {
		part = os.Args[1]
		os.Args = os.Args[1:]
	}
	run := parts[part]
	if run == nil {
		fmt.Fprintln(os.Stderr, "usage: kubevirt virt-api|virt-controller|manifests [arguments]")
		os.Exit(2)
	}
	run()
}

func runAPI() {
	klog.InitializeLogging("virt-api")
	app := virtapi.NewVirtApi()
	service.Setup(app)
	app.Execute()
}

const namespace = "kubevirt"

// printManifests writes what virt-operator would create for these two programs as one JSON list: the
// CustomResourceDefinitions, the accounts of each part with their rights, and the admission webhooks.
func printManifests() {
	definitions := []func() (*extv1.CustomResourceDefinition, error){
		components.NewVirtualMachineInstanceCrd,
		components.NewVirtualMachineCrd,
		components.NewPresetCrd,
		components.NewReplicaSetCrd,
		components.NewVirtualMachineInstanceMigrationCrd,
		components.NewKubeVirtCrd,
		components.NewVirtualMachinePoolCrd,
		components.NewVirtualMachineSnapshotCrd,
		components.NewVirtualMachineSnapshotContentCrd,
		components.NewVirtualMachineRestoreCrd,
		components.NewVirtualMachineExportCrd,
		components.NewVirtualMachineInstancetypeCrd,
		components.NewVirtualMachineClusterInstancetypeCrd,
		components.NewVirtualMachinePreferenceCrd,
		components.NewVirtualMachineClusterPreferenceCrd,
		components.NewMigrationPolicyCrd,
		components.NewVirtualMachineCloneCrd,
	}
	items := []any{}
	add := func(object runtime.Object) {
		items = append(items, manifest(object))
	}
	for _, define := range definitions {
		definition, err := define()
		fatal(err)
		add(definition)
	}
	for _, objects := range [][]runtime.Object{
		rbac.GetAllCluster(),
		rbac.GetAllApiServer(namespace),
		rbac.GetAllController(namespace),
		rbac.GetAllHandler(namespace),
	} {
		for _, object := range objects {
			add(object)
		}
	}
	add(components.NewVirtAPIMutatingWebhookConfiguration(namespace))
	add(components.NewVirtAPIValidatingWebhookConfiguration(namespace))
	list := map[string]any{"apiVersion": "v1", "kind": "List", "kubevirtVersion": version(), "items": items}
	fatal(json.NewEncoder(os.Stdout).Encode(list))
}

// version is that of the module this program is made of, such as v1.7.0.
func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "kubevirt.io/kubevirt" {
			return module.Version
		}
	}
	return ""
}

// manifest is the object as it would be applied: without what the API server writes.
func manifest(object runtime.Object) map[string]any {
	text, err := json.Marshal(object)
	fatal(err)
	var result map[string]any
	fatal(json.Unmarshal(text, &result))
	delete(result, "status")
	delete(result["metadata"].(map[string]any), "creationTimestamp")
	return result
}

func fatal(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
