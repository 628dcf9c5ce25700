import ca.uhn.fhir.context.FhirContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.RequestGroup;
import org.hl7.fhir.r4.model.Resource;
import org.opencds.cqf.fhir.cr.plandefinition.PlanDefinitionProcessor;
import org.opencds.cqf.fhir.utility.monad.Eithers;
import org.opencds.cqf.fhir.utility.repository.InMemoryFhirRepository;

/**
 * PlanDefinition/$apply of the public clinical-reasoning engine.
 * Usage: java Apply ARTEFACTS.ndjson PLAN BUNDLES.ndjson
 * For each bundle and each action of the plan a line: title, then the titles of the actions in it that apply, with tabs
 * between; a line `! …` for each message of the engine; an empty line at the end of a bundle.
 */
public class Apply {
  public static void main(String[] args) throws Exception {
    FhirContext context = FhirContext.forR4();
    List<Resource> artefacts = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(args[0]))) artefacts.add((Resource) context.newJsonParser().parseResource(line));
    for (String line : Files.readAllLines(Path.of(args[2]))) {
      Bundle all = new Bundle().setType(Bundle.BundleType.COLLECTION);
      for (Resource one : artefacts) all.addEntry().setResource(one);
      for (var entry : ((Bundle) context.newJsonParser().parseResource(line)).getEntry()) all.addEntry().setResource(entry.getResource());
      var processor = new PlanDefinitionProcessor(new InMemoryFhirRepository(context, all));
      var id = new IdType("PlanDefinition", args[1]);
      show((CarePlan) processor.apply(Eithers.forMiddle3(id), "Patient/woman", null, null, null, null, null, null, null, null));
    }
  }

  static void show(CarePlan made) {
    for (Resource one : made.getContained()) {
      if (one instanceof OperationOutcome outcome)
        for (var issue : outcome.getIssue()) System.out.println("! " + issue.getDiagnostics().replaceAll("\\s+", " "));
      if (one instanceof RequestGroup group)
        for (var action : group.getAction()) {
          List<String> titles = new ArrayList<>(List.of(action.getTitle()));
          action.getAction().forEach(inner -> titles.add(inner.getTitle()));
          System.out.println(String.join("\t", titles));
        }
    }
    System.out.println();
  }
}
