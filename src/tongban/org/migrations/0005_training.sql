-- The register also keeps courses and who passed them (tongban.org.training). What kinds it knows is for the program.
ALTER TABLE org_entry DROP CONSTRAINT org_entry_kind_check;
