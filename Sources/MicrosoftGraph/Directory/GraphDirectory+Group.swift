import HTTPTransport
import JSON
package import ProvisioningModel

// One group as an object of its own.

extension GraphDirectory {
  package func group(_ id: ObjectID) async throws(Failure) -> GroupObservation {
    let route = "/groups/{id}"
    let answer = try await client.exchange(
      .get, "/groups/\(URLEncoding.pathSegment(id.rawValue))?\(groupAttributes.query)", route: route)
    if answer.saysNotFound { return try await deletedGroup(id) }
    let json = try object(id, answer, route)
    return .present(
      DirectoryGroup(
        id: id, attributes: try groupAttributes.values(json),
        // Should the group go away meanwhile, the read has failed: an empty list would say that everybody left.
        members: try await listedMembers(of: id, false)))
  }

  private func deletedGroup(_ id: ObjectID) async throws(Failure) -> GroupObservation {
    let route = "/directory/deletedItems/{id}"
    let answer = try await client.exchange(
      .get, "/directory/deletedItems/\(URLEncoding.pathSegment(id.rawValue))?$select=id", route: route)
    if answer.saysNotFound { return .absent }
    _ = try object(id, answer, route)
    return .softDeleted
  }

  private func object(_ id: ObjectID, _ answer: GraphAnswer, _ route: String) throws(Failure) -> JSON {
    guard answer.isSuccess else { throw GraphFailure.refused(answer, .get, route) }
    guard let json = answer.json, json["id"]?.string.map({ ObjectID($0) }) == id else {
      throw GraphFailure.unreadable("graph", .get, route, "it is not about the object asked for")
    }
    return json
  }
}
