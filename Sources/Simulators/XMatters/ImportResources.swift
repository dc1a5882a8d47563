import JSON
import Synchronization

/// The user upload and its import jobs.
final class ImportDesk: Sendable {
  private struct Storage {
    var behaviour = ImportBehaviour()
    var jobs: [String: ImportJob] = [:]
    var random = SeededRandom(seed: 13)
  }

  static let mostRows = 10_000
  /// Those that came first are forgotten.
  private static let mostJobs = 100
  private let storage = Mutex(Storage())

  func set(_ behaviour: ImportBehaviour) {
    storage.withLock { $0.behaviour = behaviour }
  }

  /// Nil when the file has too many rows.
  func add(_ file: UploadedFile) -> ImportJob? {
    guard file.rows.count <= Self.mostRows else { return nil }
    return storage.withLock { storage in
      if storage.jobs.count >= Self.mostJobs { storage.jobs = [:] }
      let job = ImportJob(id: storage.random.guid(), rows: file.rows)
      storage.jobs[job.id] = job
      return job
    }
  }

  func job(_ id: String) -> ImportJob? {
    storage.withLock { $0.jobs[id] }
  }

  /// Lets a job go on, and gives it back; nil when there is none with this id.
  func look(at id: String, _ work: (inout ImportJob, ImportBehaviour) -> Void) -> ImportJob? {
    storage.withLock { storage in
      guard var job = storage.jobs[id] else { return nil }
      if !job.isEnded { work(&job, storage.behaviour) }
      storage.jobs[id] = job
      return job
    }
  }
}

extension XMattersSimulator {
  /// How files are treated from now on.
  package func setImports(_ behaviour: ImportBehaviour) {
    imports.set(behaviour)
  }

  func controlImports(_ request: SimulatedRequest) -> SimulatedResponse {
    guard request.method == "PUT", let behaviour = request.json.flatMap(ImportBehaviour.init) else {
      return SimulatedResponse(400)
    }
    imports.set(behaviour)
    return SimulatedResponse(204)
  }

  func upload(_ request: SimulatedRequest) -> SimulatedResponse {
    guard let file = UploadedFile(request) else { return .refusal(400, "The file is missing or empty") }
    guard let job = imports.add(file) else {
      return .refusal(400, "The file has more than \(ImportDesk.mostRows) rows")
    }
    return SimulatedResponse(202, job.json)
  }

  func getImport(_ request: SimulatedRequest) -> SimulatedResponse {
    let id = request.path[1]
    if request.path.count == 3, request.path[2] == "import-messages", let job = imports.job(id) {
      return page(job.messages, request) {
        [
          "id": .string("\($0.line)"), "messageLevel": "ERROR", "line": .integer(Int64($0.line)),
          "description": .string($0.text),
        ]
      }
    }
    var changes: [Instance.Change] = []
    let job = imports.look(at: id) { job, behaviour in
      changes = change { $0.work(on: &job, behaviour) }
    }
    changes.forEach(tell)
    guard request.path.count == 2, let job else { return .refusal(404, "Could not find an import") }
    return SimulatedResponse(200, job.json)
  }
}
