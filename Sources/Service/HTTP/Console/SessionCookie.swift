import HTTPTypes
import HTTPTransport
import Hummingbird

/// The cookie of a console session: bound to this host and to TLS; on plain HTTP of this very machine without both, as browsers refuse
/// them there.
struct SessionCookie: Sendable {
  /// Whether the listener itself speaks TLS.
  let isTLS: Bool
  /// `console.publicUrl`.
  let publicURL: String?

  private static let name = "rollcall"
  private static let secureName = "__Host-rollcall"

  /// The session's id that a request carries.
  func id(in request: Request) -> String? {
    value(of: isPlain(request) ? Self.name : Self.secureName, in: request)
  }

  func setting(_ id: String, for request: Request) -> String { field(id, "", request) }

  func clearing(for request: Request) -> String { field("", "; Max-Age=0", request) }

  private func field(_ value: String, _ more: String, _ request: Request) -> String {
    let attributes = "; Path=/; HttpOnly; SameSite=Strict" + more
    return isPlain(request) ? "\(Self.name)=\(value)\(attributes)" : "\(Self.secureName)=\(value)\(attributes); Secure"
  }

  /// The value of any cookie of a request.
  func value(of name: String, in request: Request) -> String? {
    for pair in (request.headers[.cookie] ?? "").split(separator: ";") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, parts[0].filter({ $0 != " " }) == name else { continue }
      return String(parts[1])
    }
    return nil
  }

  /// Whether the browser speaks plain HTTP to this machine. A browser elsewhere has another name for it.
  func isPlain(_ request: Request) -> Bool {
    !isTLS && LoopbackHost.isLoopback(authority: request.head.authority ?? "")
  }

  /// Whether an `Origin` is that of the console itself.
  func isOwn(_ origin: String, _ request: Request) -> Bool {
    let origin = origin.lowercased()
    let schemes = isPlain(request) ? ["http", "https"] : ["https"]
    var own = schemes.compactMap { scheme in request.head.authority.map { "\(scheme)://\($0.lowercased())" } }
    if let publicURL { own.append(Self.origin(of: publicURL)) }
    return own.contains(origin)
  }

  /// Scheme, host and port of an address.
  static func origin(of address: String) -> String {
    guard let scheme = address.firstRange(of: "://") else { return address.lowercased() }
    return (address[..<scheme.upperBound] + address[scheme.upperBound...].prefix { $0 != "/" }).lowercased()
  }
}
