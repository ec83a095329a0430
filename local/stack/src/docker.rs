//! The Docker engine that `sam local` runs functions in: whether there is one, whether it has the image
//! they run on, and how a container in it reaches this machine.

use std::net::{IpAddr, Ipv4Addr};

use tokio::process::Command;

use crate::Sentence;

/// The image that `sam local` runs functions of the template's runtime on, for this machine's processors.
const BASE_IMAGE: &str = if cfg!(target_arch = "aarch64") {
    "public.ecr.aws/lambda/provided:al2023-arm64"
} else {
    "public.ecr.aws/lambda/provided:al2023-x86_64"
};

/// How containers reach this machine.
pub(crate) struct Docker {
    /// The address of this machine at which containers find what listens there, and the network doesn't.
    pub(crate) address: IpAddr,
    /// What this machine is called in a container.
    pub(crate) host: String,
}

impl Docker {
    /// Finds the engine and sees to it that it has the image.
    pub(crate) async fn find() -> Result<Self, Sentence> {
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

/// Where this machine is on Docker's bridge. Some engines don't say which address they have taken, only
/// which there were to choose from; they take the first.
const BRIDGE_ADDRESS: &str =
    "{{with index .IPAM.Config 0}}{{if .Gateway}}{{.Gateway}}{{else}}{{.Subnet}}{{end}}{{end}}";

/// The address, or the first one of a subnet.
fn gateway(bridge: &str) -> Option<Ipv4Addr> {
    match bridge.split_once('/') {
        None => bridge.parse().ok(),
        Some((network, _)) => Some(Ipv4Addr::from_bits(network.parse::<Ipv4Addr>().ok()?.to_bits() + 1)),
    }
}

/// What a Docker command prints, if it succeeds and prints anything.
async fn docker(arguments: &[&str]) -> Option<String> {
    let output = Command::new("docker").args(arguments).output().await.ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| output.status.success() && !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_the_bridges_gateway_or_its_first_address() {
        assert_eq!(gateway("172.18.0.9"), Some(Ipv4Addr::new(172, 18, 0, 9)));
        assert_eq!(gateway("172.17.0.0/16"), Some(Ipv4Addr::new(172, 17, 0, 1)));
        assert_eq!(gateway("<no value>"), None);
    }
}
