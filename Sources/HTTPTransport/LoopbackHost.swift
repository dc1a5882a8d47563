/// This machine, by one of its names: what goes there crosses no network.
package enum LoopbackHost {
  /// - Parameter authority: `host` or `host:port`, as it stands in an address.
  package static func isLoopback(authority: String) -> Bool {
    let host =
      authority.hasPrefix("[") ? String(authority.prefix { $0 != "]" }) + "]" : String(authority.prefix { $0 != ":" })
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
