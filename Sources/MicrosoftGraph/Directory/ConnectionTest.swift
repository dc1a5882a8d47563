import HTTPTransport
package import ProvisioningModel

/// The steps of a connection test, one call each. All of them only read; `application()` is one of them too.
extension GraphDirectory {
  /// Gets a token anew, whether or not there is one already.
  package func testSignIn() async throws(Failure) {
    try await client.signIn()
  }

  /// Whether assignments may be read: asks for one.
  package func testAssignments(to application: Application) async throws(Failure) {
    let route = "/servicePrincipals/{id}/appRoleAssignedTo"
    _ = try await client.json(.get, "/servicePrincipals/\(application.id)/appRoleAssignedTo?$top=1", route: route)
  }

  /// Whether users may be read with every attribute that the mappings name.
  package func testUsers() async throws(Failure) {
    _ = try await changesFromNow(.user)
  }

  /// Whether groups and their members may be read.
  package func testGroups() async throws(Failure) {
    _ = try await changesFromNow(.group)
  }
}
