import HTTPTypes
import Console
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
  private static let ticketSuffix = "-sign-in"

  /// The session's id that a request carries.
  func id(in request: Request) -> String? {
    value(of: isPlain(request) ? Self.name : Self.secureName, in: request)
  }

  func setting(_ id: String, for request: Request) -> String { field(id, "", request) }

  func clearing(for request: Request) -> String { field("", "; Max-Age=0", request) }

  // The ticket of a sign-in comes along when the identity provider sends the browser back.

  func ticket(in request: Request) -> String? {
    value(of: (isPlain(request) ? Self.name : Self.secureName) + Self.ticketSuffix, in: request)
  }

  func settingTicket(_ ticket: String, for request: Request) -> String {
    field(ticket, "; Max-Age=\(SignInTicket.lifetime)", request, suffix: Self.ticketSuffix, site: "Lax")
  }

  func clearingTicket(for request: Request) -> String {
    field("", "; Max-Age=0", request, suffix: Self.ticketSuffix, site: "Lax")
  }

  private func field(
    _ value: String, _ more: String, _ request: Request, suffix: String = "", site: String = "Strict"
  ) -> String {
    let isPlain = isPlain(request)
    let name = (isPlain ? Self.name : Self.secureName) + suffix
    return "\(name)=\(value); Path=/; HttpOnly; SameSite=\(site)\(more)" + (isPlain ? "" : "; Secure")
  }

  private func value(of name: String, in request: Request) -> String? {
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
