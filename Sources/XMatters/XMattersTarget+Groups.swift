import HTTPTransport
import JSON
package import ProvisioningModel

// Groups and their members (docs/reference/xmatters-api.md, "Groups and members").

extension XMattersTarget {
  package func group(_ id: GroupID) async throws(Failure) -> Group? {
    let route = "/groups/{id}"
    guard let group = try await group(at: id.rawValue, route: route) else { return nil }
    guard group.id.rawValue.lowercased() == id.rawValue.lowercased() else {
      throw XMattersFailure.unreadable(.get, route, "it is about another group than the one asked for")
    }
    return group
  }

  package func group(named name: String) async throws(Failure) -> Group? {
    if let group = try await group(at: name, route: "/groups/{targetName}"), group.isNamed(name) { return group }
    // Names are taken whatever their letter case, and the path may mind it. Terms of one letter are refused by the search.
    let phrase = name.filter { $0 != "\"" }
    guard phrase.count > 1 else { return nil }
    var found: Group?
    try await client.forEachRow(
      "/groups?search=\(URLEncoding.queryValue("\"\(phrase)\""))&fields=NAME&limit=1000", route: "/groups?search"
    ) {
      row throws(Failure) in
      let group = try Group(row)
      if group.isNamed(name) { found = group }
    }
    return found
  }

  private func group(at idOrName: String, route: String) async throws(Failure) -> Group? {
    let answer = try await client.get("/groups/\(URLEncoding.pathSegment(idOrName))", route: route)
    guard answer.status != 404 else { return nil }
    return try Group(try answer.json(.get, route))
  }

  package func forEachGroup(_ consume: (Group) throws(Failure) -> Void) async throws(Failure) {
    try await client.forEachRow("/groups?sortBy=NAME&sortOrder=ASCENDING&limit=1000", route: "/groups") {
      row throws(Failure) in
      try consume(try Group(row))
    }
  }

  package func members(of group: GroupID) async throws(Failure) -> Set<MemberID>? {
    var members: Set<MemberID> = []
    do throws(Failure) {
      try await client.forEachRow(
        "/groups/\(URLEncoding.pathSegment(group.rawValue))/members?limit=1000", route: "/groups/{id}/members",
        id: \.memberID
      ) { row throws(Failure) in
        if let id = row.memberID { members.insert(MemberID(id)) }
      }
    } catch  where error.code == .invalidAnchor {
      return nil
    }
    return members
  }

  package func createGroup(
    _ kind: GroupKind, _ attributes: [GroupAttribute: String], externalKey: String
  ) async throws(Failure) -> Group {
    var body = body(attributes, externalKey)
    body["groupType"] = .string(kind.rawValue)
    // Left out, the account that calls would become the supervisor.
    body["supervisors"] = []
    let answer = try await client.send(.post, "/groups", route: "/groups", body: .object(body), isRepeatable: false)
    return try Group(try answer.json(.post, "/groups"))
  }

  package func modifyGroup(
    _ id: GroupID, _ attributes: [GroupAttribute: String], externalKey: String
  ) async throws(Failure) {
    var body = body(attributes, externalKey)
    body["id"] = .string(id.rawValue)
    // The same values once more change nothing.
    _ = try await client.send(.post, "/groups", route: "/groups", body: .object(body), isRepeatable: true)
      .json(.post, "/groups")
  }

  private func body(_ attributes: [GroupAttribute: String], _ externalKey: String) -> [String: JSONValue] {
    var body: [String: JSONValue] = ["recipientType": "GROUP", "externalKey": .string(externalKey)]
    for (attribute, value) in attributes { body[attribute.rawValue] = .string(value) }
    return body
  }

  package func deleteGroup(_ id: GroupID) async throws(Failure) -> Bool {
    try await delete("/groups/\(URLEncoding.pathSegment(id.rawValue))", route: "/groups/{id}")
  }

  package func addMember(_ person: PersonID, to group: GroupID) async throws(Failure) {
    let route = "/groups/{id}/members"
    do throws(Failure) {
      _ = try await client.send(
        .post, "/groups/\(URLEncoding.pathSegment(group.rawValue))/members", route: route,
        body: ["id": .string(person.rawValue), "recipientType": "PERSON"], isRepeatable: true
      ).json(.post, route)
    } catch  where error.code == .conflict {
      // Is a member already; whether xMatters says so by a refusal is not known.
    }
  }

  package func removeMember(_ member: MemberID, from group: GroupID) async throws(Failure) {
    _ = try await delete(
      "/groups/\(URLEncoding.pathSegment(group.rawValue))/members/\(URLEncoding.pathSegment(member.rawValue))",
      route: "/groups/{id}/members/{id}")
  }
}

extension Group {
  init(_ json: JSON) throws(Failure) {
    guard let id = json["id"]?.string, json["targetName"]?.string != nil else {
      throw XMattersFailure.unreadable(.get, "/groups/{id}", "a group has no id or no targetName")
    }
    var attributes: [GroupAttribute: String] = [:]
    for attribute in GroupAttribute.allCases { attributes[attribute] = json[attribute.rawValue]?.string }
    self.init(
      id: GroupID(id), externalKey: json["externalKey"]?.string,
      // Instances from before there were kinds leave it out; their groups have shifts.
      kind: json["groupType"]?.string.map { GroupKind(rawValue: $0) } ?? .onCall, attributes: attributes)
  }

  fileprivate func isNamed(_ name: String) -> Bool {
    self.name?.lowercased() == name.lowercased()
  }
}

extension JSON {
  /// In a row of a group's members the member is an object of its own.
  fileprivate var memberID: String? { self["member"]?["id"]?.string }
}
