/// This machine, by one of its names: what goes there crosses no network.
package enum LoopbackHost {
  /// - Parameter authority: `host` or `host:port`, as it stands in an address.
  package static func isLoopback(authority: String) -> Bool {
    let end = authority.hasPrefix("[") ? authority.firstIndex(of: "]").map(authority.index(after:)) : nil
    let host = end.map { String(authority[..<$0]) } ?? String(authority.prefix { $0 != ":" })
    let rest = authority.dropFirst(host.count)
    // Behind the name there is a port or nothing: "[::1].example.com" is another machine.
    guard rest.isEmpty || rest.first == ":" && rest.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber }) else {
      return false
    }
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
