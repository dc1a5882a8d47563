import JSON

// How things look in answers: references as objects, embedded lists as pages, a link to itself on each (docs/reference/xmatters-api.md,
// "Paging"; docs/reference/xmatters-api.md, "People").

extension Instance {
  func json(_ person: Person, embed: Set<String>) -> JSONValue {
    var object = person.fields
    object["id"] = .string(person.id)
    object["recipientType"] = "PERSON"
    object["site"] = site(person.site)
    object["links"] = link("people", person.id)
    if embed.contains("roles") {
      object["roles"] = list(person.roles.map { ["id": .string(roles[$0] ?? ""), "name": .string($0)] })
    }
    if embed.contains("supervisors") {
      object["supervisors"] = list(person.supervisors.compactMap { people[$0] }.map(reference))
    }
    if embed.contains("devices") {
      object["devices"] = list(devices(of: person).map(json))
    }
    return .object(object)
  }

  func json(_ device: Device) -> JSONValue {
    var object = device.fields
    object["id"] = .string(device.id)
    object["name"] = .string(device.name)
    object["recipientType"] = "DEVICE"
    object["links"] = link("devices", device.id)
    if let owner = people[device.owner] {
      object["sequence"] = owner.devices.firstIndex(of: device.id).map { .integer(Int64($0 + 1)) }
      object["owner"] = reference(owner)
      object["targetName"] = .string("\(owner.targetName)|\(device.name)")
    }
    return .object(object)
  }

  func reference(_ person: Person) -> JSONValue {
    [
      "id": .string(person.id), "targetName": .string(person.targetName), "recipientType": "PERSON",
      "firstName": person.fields["firstName"] ?? "", "lastName": person.fields["lastName"] ?? "",
      "links": link("people", person.id),
    ]
  }

  func site(_ id: String) -> JSONValue {
    let name = sites.first { $0.value == id }?.key ?? ""
    return ["id": .string(id), "name": .string(name), "links": link("sites", id)]
  }

  func link(_ collection: String, _ id: String) -> JSONValue {
    ["self": .string("/api/xm/1/\(collection)/\(id)")]
  }

  func list(_ rows: [JSONValue]) -> JSONValue {
    let count = JSONValue.integer(Int64(rows.count))
    return ["count": count, "total": count, "data": .array(rows)]
  }
}

extension Instance {
  /// `/people/license-quotas`.
  var quotaJSON: JSONValue {
    let total = fullUserLicenses ?? 1_000_000
    return [
      "stakeholderUsersEnabled": false,
      "fullUsers": [
        "total": .integer(Int64(total)), "active": .integer(Int64(fullUserCount)),
        "unused": .integer(Int64(total - fullUserCount)),
      ],
    ]
  }
}
