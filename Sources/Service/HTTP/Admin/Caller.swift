import Console
import JSON

/// Who a request to the admin API comes from.
struct Caller: Hashable, Sendable {
  enum Role: String, Sendable {
    /// May order.
    case admin
    /// May read everything and order nothing.
    case reader
  }

  var role: Role
  /// The name of the token, or of the person who signed in; for the audit log.
  var name: String
  /// Of the connection; nil when it is not known.
  var address: String?

  init(role: Role, name: String, address: String? = nil) {
    self.role = role
    self.name = name
    self.address = address
  }

  init(_ session: Session) {
    self.init(role: session.mayOrder ? .admin : .reader, name: session.name)
  }

  /// For the console.
  var json: JSONValue { ["role": .string(role.rawValue), "actor": .string(name)] }

  func at(_ address: String?) -> Caller {
    var caller = self
    caller.address = address
    return caller
  }
}
