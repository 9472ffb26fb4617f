use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range of addresses: `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    /// An address of the network.
    address: IpAddr,
    /// How many of its first bits every address of the network has.
    bits: u8,
}

impl Network {
    /// Reads `ADDRESS/BITS`.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let is_number = !bits.is_empty() && bits.bytes().all(|digit| digit.is_ascii_digit());
        let bits: u8 = is_number.then(|| bits.parse().ok())??;
        let most = if address.is_ipv4() { 32 } else { 128 };
        (bits <= most).then_some(Self { address, bits })
    }

    /// Whether the address is in the network; an IPv4 address that is written as an IPv6 one is what it stands for.
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                self.agrees(network.to_bits().into(), address.to_bits().into(), Ipv4Addr::BITS)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                self.agrees(network.to_bits(), address.to_bits(), Ipv6Addr::BITS)
            }
            _ => false,
        }
    }

    fn agrees(self, network: u128, address: u128, width: u32) -> bool {
        let rest = width.saturating_sub(self.bits.into());
        (network ^ address).checked_shr(rest).unwrap_or(0) == 0
    }
}
