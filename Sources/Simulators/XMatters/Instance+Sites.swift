package import JSON

// Sites (docs/reference/xmatters-api.md, "Sites, roles and device names").

extension Instance {
  private static let usualFields: [String: JSONValue] = [
    "country": "USA", "language": "en", "timezone": "US/Eastern", "status": "ACTIVE",
  ]

  /// `POST /sites` without an id.
  package mutating func createSite(_ body: JSON) throws(Refusal) -> JSONValue {
    guard let name = body["name"]?.string, !name.isEmpty else {
      throw Refusal(status: 400, message: "name is required")
    }
    for field in ["country", "language", "timezone"] where body[field]?.string == nil {
      throw Refusal(status: 400, message: "\(field) is required")
    }
    guard !sites.keys.contains(where: { $0.lowercased() == name.lowercased() }) else {
      throw Refusal(status: 409, message: "A site with the name \(name) already exists")
    }
    let id = random.guid()
    sites[name] = id
    siteFields[id] = Dictionary(
      uniqueKeysWithValues: Self.usualFields.keys.compactMap { field in body[field].map { (field, $0.value) } })
    return siteJSON(name, id)
  }

  /// By id or name.
  package func site(_ idOrName: String) -> JSONValue? {
    sites.first { $0.value == idOrName || $0.key.lowercased() == idOrName.lowercased() }.map {
      siteJSON($0.key, $0.value)
    }
  }

  func siteJSON(_ name: String, _ id: String) -> JSONValue {
    var site = Self.usualFields.merging(siteFields[id] ?? [:]) { _, own in own }
    site["id"] = .string(id)
    site["name"] = .string(name)
    site["links"] = link("sites", id)
    return .object(site)
  }
}
