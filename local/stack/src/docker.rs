//! The Docker engine in which `sam local` runs the functions: it checks that there is one, pulls the base
//! image, and finds the address at which containers reach this machine.

use std::net::{IpAddr, Ipv4Addr};

use tokio::process::Command;

use crate::error::ErrorMessage;

/// The base image of the template's runtime, for this machine's architecture.
const BASE_IMAGE: &str = if cfg!(target_arch = "aarch64") {
    "public.ecr.aws/lambda/provided:al2023-arm64"
} else {
    "public.ecr.aws/lambda/provided:al2023-x86_64"
};

/// The addresses of this machine for its containers.
pub(crate) struct Docker {
    /// An address of this machine that containers reach and the network does not.
    pub(crate) address: IpAddr,
    /// The name or address of this machine in a container.
    pub(crate) host: String,
}

impl Docker {
    /// Finds the engine, and pulls the base image if the engine lacks it.
    pub(crate) async fn find() -> Result<Self, ErrorMessage> {
        let Some(system) =
            docker(&["info", "--format", "{{if .ServerVersion}}{{.OperatingSystem}}{{end}}"]).await
        else {
            return Err(
                "no Docker engine runs here, and `sam local` needs one; `make run` doesn't".to_owned()
            );
        };
        if docker(&["image", "inspect", "--format", "{{.Id}}", BASE_IMAGE]).await.is_none() {
            println!("Pulling {BASE_IMAGE} ...");
            if docker(&["pull", "--quiet", BASE_IMAGE]).await.is_none() {
                return Err(format!("Docker has no image {BASE_IMAGE}, and can't pull it"));
            }
        }
        if system == "Docker Desktop" {
            let address = Ipv4Addr::LOCALHOST.into();
            return Ok(Self { address, host: "host.docker.internal".to_owned() });
        }
        let bridge = docker(&["network", "inspect", "--format", BRIDGE_ADDRESS, "bridge"]).await;
        match bridge.as_deref().and_then(gateway) {
            Some(address) => Ok(Self { address: address.into(), host: address.to_string() }),
            None => Err("Docker's bridge has no address at which containers reach this machine".to_owned()),
        }
    }
}

/// A template for the gateway of Docker's bridge, or else its subnet: some engines report only the subnet, of
/// which they take the first address.
const BRIDGE_ADDRESS: &str =
    "{{with index .IPAM.Config 0}}{{if .Gateway}}{{.Gateway}}{{else}}{{.Subnet}}{{end}}{{end}}";

/// Parses an address, or the first one of a subnet.
fn gateway(bridge: &str) -> Option<Ipv4Addr> {
    match bridge.split_once('/') {
        None => bridge.parse().ok(),
        Some((network, _)) => Some(Ipv4Addr::from_bits(network.parse::<Ipv4Addr>().ok()?.to_bits() + 1)),
    }
}

/// Runs a Docker command and returns its output; `None` if it fails or prints nothing.
async fn docker(arguments: &[&str]) -> Option<String> {
    let output = Command::new("docker").args(arguments).output().await.ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| output.status.success() && !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gateway_is_the_bridges_address_or_the_first_of_its_subnet() {
        assert_eq!(gateway("172.18.0.9"), Some(Ipv4Addr::new(172, 18, 0, 9)));
        assert_eq!(gateway("172.17.0.0/16"), Some(Ipv4Addr::new(172, 17, 0, 1)));
        assert_eq!(gateway("<no value>"), None);
    }
}
