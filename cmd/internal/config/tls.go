package config

import "errors"

// The ways of --tls.
const (
	TLSOff        = "off"
	TLSFile       = "file"
	TLSAuto       = "auto"
	TLSSelfSigned = "self-signed"
)

// TLS configures HTTPS, and TURN and media by TCP on its port.
type TLS struct {
	Mode      string   `help:"HTTPS and TURN over TLS on --listen: off, file (--tls-cert and --tls-key, read again when they change), auto (certificates by ACME for --tls-domain; using it accepts the authority's terms) or self-signed (for a try on a local network)." default:"off" enum:"off,file,auto,self-signed" name:"tls" env:"PARLEY_TLS"`
	Cert      string   `help:"PEM file with the certificate chain." env:"PARLEY_TLS_CERT" name:"tls-cert" type:"path"`
	Key       string   `help:"PEM file with its key." env:"PARLEY_TLS_KEY" name:"tls-key" type:"path"`
	Domain    []string `help:"With --tls auto: domain for which a certificate is got; the port 443 of its address must lead to --listen. May be given more than once. With file: the name that TURN over TLS is reached by, if the certificate does not say." env:"PARLEY_TLS_DOMAIN" name:"tls-domain"`
	Email     string   `help:"Address that the authority may write to." env:"PARLEY_TLS_EMAIL" name:"tls-email"`
	Directory string   `help:"ACME directory of the authority." default:"https://acme-v02.api.letsencrypt.org/directory" env:"PARLEY_TLS_ACME" name:"tls-acme"`
	Roots     string   `help:"File with certificates (PEM) that vouch for the authority's own server in place of those of the system." env:"PARLEY_TLS_ACME_CA" name:"tls-acme-ca" type:"path"`
}

// faults checks what belongs together.
func (c TLS) faults() (faults []error) {
	if (c.Mode == TLSFile) != (c.Cert != "" && c.Key != "") || (c.Cert == "") != (c.Key == "") {
		faults = append(faults, errors.New("--tls file, --tls-cert and --tls-key belong together"))
	}
	if c.Mode == TLSAuto && len(c.Domain) == 0 {
		faults = append(faults, errors.New("--tls auto needs --tls-domain"))
	}
	if len(c.Domain) > 0 && c.Mode != TLSAuto && c.Mode != TLSFile {
		faults = append(faults, errors.New("--tls-domain needs --tls auto or file"))
	}
	return faults
}
