package import ProvisioningModel
package import Reconciler

extension Job {
  /// Reads a user on both sides now, and writes nothing.
  /// - Returns: Nil when the directory has no such user.
  package func compare(_ user: ObjectID) async throws(Failure) -> [AttributeComparison]? {
    try await provisioner.compare(user)
  }
}
