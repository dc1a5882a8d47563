import GRDB
import JSON
import ProvisioningModel

extension JobRecord {
  init(row: Row) throws {
    self.init()
    isPaused = row["isPaused"]
    successiveCompleteFailures = row["successiveCompleteFailures"]
    steadyStateFirstAchieved = (row["steadyStateFirstAchieved"] as Int64?).map { Timestamp(milliseconds: $0) }
    steadyStateLastAchieved = (row["steadyStateLastAchieved"] as Int64?).map { Timestamp(milliseconds: $0) }
    last = try CycleExecution(stored: row["last"])
    lastSuccessful = try CycleExecution(stored: row["lastSuccessful"])
    lastSuccessfulWithExports = try CycleExecution(stored: row["lastSuccessfulWithExports"])
  }

  var arguments: StatementArguments {
    [
      isPaused, successiveCompleteFailures, steadyStateFirstAchieved?.milliseconds,
      steadyStateLastAchieved?.milliseconds, last?.stored, lastSuccessful?.stored,
      lastSuccessfulWithExports?.stored,
    ]
  }
}

extension CycleExecution {
  fileprivate init?(stored text: String?) throws {
    guard let text else { return nil }
    let object = try StoredObject(text: text)
    self.init(
      id: try object.text("id"), kind: try Storage.stored(object.text("kind")),
      began: Timestamp(milliseconds: try object.integer("began")))
    ended = object.optionalInteger("ended").map { Timestamp(milliseconds: $0) }
    failure = try object.object("failure").map(Failure.init(stored:))
    counts.imported = Int(try object.integer("imported"))
    counts.importedDeltas = Int(try object.integer("importedDeltas"))
    counts.importedReferenceDeltas = Int(try object.integer("importedReferenceDeltas"))
    counts.entitled = Int(try object.integer("entitled"))
    counts.entitledForProvisioning = Int(try object.integer("entitledForProvisioning"))
    counts.exports = Int(try object.integer("exports"))
    counts.exported = Int(try object.integer("exported"))
    counts.escrowed = Int(try object.integer("escrowed"))
  }

  fileprivate var stored: String {
    func number(_ count: Int) -> JSONValue { .integer(Int64(count)) }
    return JSONValue.stored([
      "id": .string(id), "kind": .string(kind.rawValue), "began": .integer(began.milliseconds),
      "ended": (ended?.milliseconds).map(JSONValue.integer), "failure": failure?.stored,
      "imported": number(counts.imported), "importedDeltas": number(counts.importedDeltas),
      "importedReferenceDeltas": number(counts.importedReferenceDeltas), "entitled": number(counts.entitled),
      "entitledForProvisioning": number(counts.entitledForProvisioning), "exports": number(counts.exports),
      "exported": number(counts.exported), "escrowed": number(counts.escrowed),
    ]).text
  }
}
