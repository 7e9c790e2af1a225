package config

import (
	"fmt"
	"strings"
)

// Keys say where master keys are. Those of the file master.key in the data folder
// are used when it is there.
type Keys struct {
	MasterKey Secret   `help:"Master keys besides those in the data folder's master.key: AGE-SECRET-KEY-…, several apart by spaces. Use the environment." env:"PARLEY_MASTER_KEY"`
	Escrow    []string `help:"Public half of a key that is kept offline and opens everything, too: age1…; may be given more than once." name:"escrow-recipient" env:"PARLEY_ESCROW_RECIPIENT"`
	HSM       HSM      `embed:"" prefix:"hsm-" envprefix:"PARLEY_HSM_"`
	Transit   Transit  `embed:"" prefix:"transit-" envprefix:"PARLEY_TRANSIT_"`
}

// HSM configures a master key in a hardware security module.
type HSM struct {
	Module string `help:"PKCS#11 library of a hardware security module that has a master key, such as /usr/lib/softhsm/libsofthsm2.so." env:"MODULE"`
	Token  string `help:"Label of the token." env:"TOKEN"`
	Key    string `help:"Label of the P-256 key pair." default:"parley-master" env:"KEY"`
	PIN    Secret `help:"PIN of the token's user. Use the environment." name:"pin" env:"PIN"`
}

// Transit configures a master key in HashiCorp Vault or OpenBao.
type Transit struct {
	Address   string `help:"Address of Vault or OpenBao whose Transit engine has a master key, https://…" env:"ADDRESS"`
	Token     Secret `help:"Token that may read the key and decrypt with it. Use the environment." env:"TOKEN"`
	Mount     string `help:"Path of the Transit engine." default:"transit" env:"MOUNT"`
	Key       string `help:"Name of the key, of type rsa-2048, rsa-3072 or rsa-4096." default:"parley-master" env:"KEY"`
	Namespace string `help:"Namespace, where there are some." env:"NAMESPACE"`
	CA        string `help:"File with the PEM certificates that the server's one must come from, instead of the system's." name:"ca" env:"CA" type:"path"`
}

// Elsewhere tells whether there are master keys apart from the file's.
func (k Keys) Elsewhere() bool {
	return k.MasterKey != "" || k.HSM.Module != "" || k.Transit.Address != ""
}

// Faults are what is wrong with the flags themselves.
func (k Keys) Faults() []error {
	var faults []error
	if k.HSM.Module != "" && (k.HSM.Token == "" || k.HSM.PIN == "") {
		faults = append(faults, fmt.Errorf("--hsm-module needs --hsm-token and the PIN in PARLEY_HSM_PIN"))
	}
	if k.Transit.Address != "" && k.Transit.Token == "" {
		faults = append(faults, fmt.Errorf("--transit-address needs a token in PARLEY_TRANSIT_TOKEN"))
	}
	if a := k.Transit.Address; a != "" && !strings.HasPrefix(a, "https://") && !strings.HasPrefix(a, "http://127.0.0.1:") && !strings.HasPrefix(a, "http://localhost:") {
		faults = append(faults, fmt.Errorf("--transit-address %q: must be https://…, or http:// on this machine", a))
	}
	return faults
}

// SealOnly configures a node that captures and cannot open what it captured.
type SealOnly struct {
	On         bool     `help:"Capture and seal, with no master key on this machine: it can open no recording. Needs --master-recipient." name:"seal-only" env:"PARLEY_SEAL_ONLY"`
	Recipients []string `help:"Public half of a master key, as parley key public prints it; may be given more than once. With --seal-only." name:"master-recipient" env:"PARLEY_MASTER_RECIPIENT"`
}

// faults are what is wrong with the flags themselves.
func (s SealOnly) faults(k Keys) (faults []error) {
	if s.On && len(s.Recipients) == 0 {
		faults = append(faults, fmt.Errorf("--seal-only needs --master-recipient"))
	}
	if s.On && k.Elsewhere() {
		faults = append(faults, fmt.Errorf("--seal-only: this machine must not reach a master key: leave the settings of master keys out"))
	}
	if !s.On && len(s.Recipients) > 0 {
		faults = append(faults, fmt.Errorf("--master-recipient goes with --seal-only; see --escrow-recipient"))
	}
	return faults
}
