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

  func at(_ address: String?) -> Caller {
    var caller = self
    caller.address = address
    return caller
  }
}
