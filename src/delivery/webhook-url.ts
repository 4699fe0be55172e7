import ipaddr from "ipaddr.js";

const MAX_URL = 500;
const PORTS = new Set(["", "443", "8443"]);
const GLOBAL_UNICAST_V6 = ipaddr.IPv6.parseCIDR("2000::/3");

/** What may be connected to: in production public addresses alone; a sandbox's receivers may be on its own machine. */
export interface Reachable {
  readonly loopback: boolean;
}

/**
 * Whether an address is that of a machine in the public internet: no loopback, private, link-local, shared (100.64/10),
 * multicast, unspecified or reserved one, and none that leads to such by translation (IPv4-mapped, NAT64, 6to4, Teredo).
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== "unicast") return false;
  return address.kind() === "ipv4" || (address as ipaddr.IPv6).match(GLOBAL_UNICAST_V6);
}

export function isReachable(address: string, { loopback }: Reachable): boolean {
  return isPublicAddress(address) || (loopback && isLoopback(address));
}

function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.parse(address).range() === "loopback";
}

/**
 * A URL that events may be sent to, or null: https on port 443 or 8443, without credentials or fragment, to a name or a
 * public address. A sandbox also sends by http to its own machine, on any port.
 */
export function parseWebhookUrl(text: string, reachable: Reachable): URL | null {
  if (text.length > MAX_URL || !/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || text.includes("#")) return null;
  const host = hostOf(url);
  const own = host === "localhost" || isLoopback(host);
  if (own) return reachable.loopback && /^https?:$/.test(url.protocol) ? url : null;
  if (url.protocol !== "https:" || !PORTS.has(url.port)) return null;
  if (ipaddr.isValid(host)) return isPublicAddress(host) ? url : null;
  // A name without a dot, and these endings, are of one's own network.
  return /\.[a-z0-9-]*[a-z][a-z0-9-]*$/.test(host) && !/\.(local|localhost|internal|home\.arpa)$/.test(host)
    ? url
    : null;
}

/** The host without the brackets of an IPv6 address. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}
