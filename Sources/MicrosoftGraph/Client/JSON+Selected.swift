import HTTPTransport
import JSON
import ProvisioningModel

extension JSON {
  /// A property that was asked for by its name, null included.
  /// - Throws: When it is missing: nothing is known of it then, least of all that it is empty.
  func selected(_ name: String, _ route: String) throws(Failure) -> JSON {
    guard let value = self[name] else {
      throw GraphFailure.unreadable("graph", .get, route, "\(name), which was asked for, is missing")
    }
    return value
  }
}
