package import JSON

/// How the simulated xMatters treats uploaded files. That it works off so many rows each time a client looks is ours: it has no clock.
package struct ImportBehaviour: Hashable, Sendable {
  package enum Ending: String, Hashable, Sendable, CaseIterable {
    case completes
    /// No row is processed, and the job says that it failed.
    case fails
    /// No row is processed, and the job never ends.
    case stalls
  }

  package var ending = Ending.completes
  /// Every so many-th row is refused; 0 for none.
  package var refusesEvery = 0
  package var rowsPerLook = 2500

  package init() {}

  /// `{"ending": "completes", "refusesEvery": 0, "rowsPerLook": 2500}`, each left out for the usual.
  package init?(_ json: JSON) {
    if let text = json["ending"]?.string {
      guard let ending = Ending(rawValue: text) else { return nil }
      self.ending = ending
    }
    if let number = json["refusesEvery"]?.integer { refusesEvery = max(0, Int(clamping: number)) }
    if let number = json["rowsPerLook"]?.integer { rowsPerLook = max(1, Int(clamping: number)) }
  }
}

/// A file that was uploaded, on its way into the instance (docs/reference/xmatters-api.md, "User upload").
struct ImportJob: Sendable {
  struct Message: Sendable {
    var line: Int
    var text: String
  }

  var id: String
  var rows: [[String: String]]
  var processed = 0
  var messages: [Message] = []
  var hasFailed = false

  var isEnded: Bool { hasFailed || processed == rows.count }

  var json: JSONValue {
    var object: [String: JSONValue] = [
      "id": .string(id), "name": "users-v1", "transform": "users-v1",
      "status": .string(hasFailed ? "FAILED" : isEnded ? "COMPLETED" : "IN_PROGRESS"),
      "started": "2026-11-25T00:00:00.000Z", "totalCount": .integer(Int64(rows.count)),
      "processedCount": .integer(Int64(processed)), "links": ["self": .string("/api/xm/1/imports/\(id)")],
    ]
    if isEnded { object["finishedAt"] = "2026-11-25T00:01:00.000Z" }
    return .object(object)
  }
}

extension Instance {
  /// Works off the next rows of a job.
  /// - Returns: What became of them.
  mutating func work(on job: inout ImportJob, _ behaviour: ImportBehaviour) -> [Change] {
    switch behaviour.ending {
    case .fails: job.hasFailed = true
    case .stalls: break
    case .completes:
      var changes: [Change] = []
      for row in job.rows.dropFirst(job.processed).prefix(behaviour.rowsPerLook) {
        job.processed += 1
        if behaviour.refusesEvery > 0, job.processed.isMultiple(of: behaviour.refusesEvery) {
          job.messages.append(.init(line: job.processed + 1, text: "The row is refused"))
          continue
        }
        do throws(Refusal) {
          changes += try take(row)
        } catch {
          job.messages.append(.init(line: job.processed + 1, text: error.message))
        }
      }
      return changes
    }
    return []
  }

  /// A person is made, or changed when its name is known; a blank cell clears, an absent column leaves.
  private mutating func take(_ row: [String: String]) throws(Refusal) -> [Change] {
    guard row["Operation"]?.lowercased() == "process" else {
      throw Refusal(status: 400, message: "The operation is unknown")
    }
    let name = row["User"] ?? ""
    let before = person(name)
    var body: [String: JSONValue] = ["targetName": .string(name)]
    for (column, field) in [("First Name", "firstName"), ("Last Name", "lastName"), ("Site", "site")] {
      if let text = row[column] { body[field] = text.isEmpty ? .null : .string(text) }
    }
    if let roles = row["Role"] {
      body["roles"] = .array(roles.split(separator: "|").map { .string(String($0)) })
    }
    if let before { body["id"] = .string(before.id) }
    var changes = [try write(try Self.json(body)).change]
    for device in deviceNames {
      guard let address = row[device.name], let owner = person(name) else { continue }
      if let change = try take(device.name, device.type, address, of: owner) { changes.append(change) }
    }
    return changes
  }

  private mutating func take(
    _ name: String, _ type: String, _ address: String, of owner: Person
  ) throws(Refusal) -> Change? {
    let known = devices(of: owner).first { $0.name == name }
    if address.isEmpty { return known.flatMap { deleteDevice($0.id)?.change } }
    var body: [String: JSONValue] = [
      "deviceType": .string(type), "owner": .string(owner.id), "name": .string(name),
      type == "EMAIL" ? "emailAddress" : "phoneNumber": .string(address),
    ]
    if let known { body["id"] = .string(known.id) }
    return try writeDevice(try Self.json(body)).change
  }

  private static func json(_ body: [String: JSONValue]) throws(Refusal) -> JSON {
    do {
      return try JSON(parsing: JSONValue.object(body).serialized())
    } catch {
      throw Refusal(status: 400, message: "\(error)")
    }
  }
}
