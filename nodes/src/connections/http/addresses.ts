/**
 * Addresses that no request may reach, whatever host name leads there: link-local ones, where clouds keep the machine's own credentials, and the few other places where they do. A name that an attacker can make point there must not
 * open them, so it is the address of the open connection that is looked at.
 */
import { BlockList, isIP } from "node:net";

const blocked = new BlockList();
blocked.addSubnet("169.254.0.0", 16, "ipv4");
blocked.addSubnet("fe80::", 10, "ipv6");
// Metadata of Alibaba Cloud, Oracle Cloud and AWS.
blocked.addAddress("100.100.100.200", "ipv4");
blocked.addAddress("192.0.0.192", "ipv4");
blocked.addAddress("fd00:ec2::254", "ipv6");
// "This host": some systems take it for localhost.
blocked.addSubnet("0.0.0.0", 8, "ipv4");
blocked.addAddress("::", "ipv6");

export function isBlocked(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return blocked.check(address, "ipv4");
    case 6:
      // An IPv4 address within an IPv6 one is checked as what it is.
      return blocked.check(address, "ipv6");
    default:
      return true;
  }
}
