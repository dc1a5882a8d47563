import HTTPTransport

/// Addresses of other systems: https, or http on this machine alone, as secrets travel over them.
enum WebAddress {
  /// Host and port of an address, however it is spelled; without the port that its scheme has anyway.
  static func host(of address: String) -> String {
    let address = address.lowercased()
    let isPlain = address.hasPrefix("http://")
    let rest = address.firstRange(of: "://").map { address[$0.upperBound...] } ?? address[...]
    let authority = rest.prefix { $0 != "/" }
    let usual = isPlain ? ":80" : ":443"
    return String(authority.hasSuffix(usual) ? authority.dropLast(usual.count) : authority)
  }

  /// What is wrong with an address, or nil.
  static func problem(_ address: String) -> String? {
    let schemes = ["https://", "http://"]
    guard let scheme = schemes.first(where: { address.lowercased().hasPrefix($0) }) else {
      return "must begin with https://, not '\(address)'"
    }
    let rest = address.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard !authority.isEmpty, !authority.contains("@"), !rest.contains(where: { $0.isWhitespace }) else {
      return "is not a web address: '\(address)'"
    }
    guard !rest.contains("?"), !rest.contains("#") else { return "must have no query: '\(address)'" }
    if scheme == "http://", !LoopbackHost.isLoopback(authority: String(authority)) {
      return "must begin with https://: http:// is accepted for loopback addresses only"
    }
    return nil
  }
}
