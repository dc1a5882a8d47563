import HTTPTransport
import JSON
package import ProvisioningModel

extension GraphDirectory {
  package func isGroup(_ id: ObjectID) async throws(Failure) -> Bool {
    let route = "/directoryObjects/getByIds"
    let json = try await client.json(
      .post, "\(route)?$select=id", route: route, body: ["ids": [.string(id.rawValue)], "types": ["group"]])
    guard let rows = json["value"] else { throw GraphFailure.unreadable("graph", .post, route, "it has no value") }
    return rows.elements.contains { row in
      let type = row["@odata.type"]?.string?.lowercased()
      return row["id"]?.string.map { ObjectID($0) } == id && (type == nil || type == "#microsoft.graph.group")
    }
  }
}
